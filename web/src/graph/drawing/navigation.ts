/** The reader's way about the drawing: dragging, zooming and scrolling sideways, by d3-zoom within viewport.ts's bounds. */
import { select, type Selection } from "d3-selection";
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from "d3-zoom";
import { homeView, leastZoom, revealing, scrolled, shownIn, wholeView, within, type Extents, type Shown } from "./place/viewport";

const MOST_ZOOM = 32;
/** Pixels of a wheel's line. */
const LINE = 16;

export class Navigation {
  view: ZoomTransform = zoomIdentity;
  private extents: Extents | null = null;
  private readonly root: Selection<HTMLElement, unknown, null, undefined>;
  private readonly behaviour: ZoomBehavior<HTMLElement, unknown>;

  constructor(
    private readonly container: HTMLElement,
    private readonly onMoved: () => void,
  ) {
    this.root = select(container);
    this.behaviour = zoom<HTMLElement, unknown>()
      .constrain((view) => (this.extents ? within(view, this.extents) : view))
      .filter((event: MouseEvent) => !event.button && (event.type === "wheel" ? !isSideways(event as WheelEvent) : !event.ctrlKey))
      .on("zoom", ({ transform }: { transform: ZoomTransform }) => {
        this.view = transform;
        this.onMoved();
      });
    this.root.call(this.behaviour).on("dblclick.zoom", null);
    container.addEventListener("dblclick", this.home);
    container.addEventListener("wheel", this.wheeled, { passive: false });
  }

  destroy(): void {
    this.root.on(".zoom", null);
    this.container.removeEventListener("dblclick", this.home);
    this.container.removeEventListener("wheel", this.wheeled);
  }

  /** Move within other bounds. What was at its home stays there. */
  bound(extents: Extents): void {
    const before = this.extents;
    const atHome = before === null || this.view.toString() === homeView(before).toString();
    this.extents = extents;
    this.behaviour
      .scaleExtent([leastZoom(extents), MOST_ZOOM])
      .extent([
        [0, 0],
        [extents.width, extents.height],
      ])
      .translateExtent([
        [0, 0],
        [extents.content, extents.height],
      ]);
    this.show(atHome ? homeView(extents) : within(this.view, extents));
  }

  readonly home = (): void => {
    if (this.extents) this.show(homeView(this.extents));
  };

  whole(): void {
    if (this.extents) this.show(wholeView(this.extents));
  }

  /** Zoom by a factor about the middle. */
  zoomBy(factor: number): void {
    this.root.call((root) => this.behaviour.scaleBy(root, factor));
  }

  /** Show the drawing from `before` pixels of its width at the current zoom. */
  scrollTo(before: number): void {
    if (this.extents) this.show(scrolled(this.view, before, this.extents));
  }

  /** Scroll so that these places, in pixels at zoom 1, are in view. */
  reveal(places: readonly number[]): void {
    if (this.extents) this.show(revealing(this.view, places, this.extents));
  }

  get shown(): Shown {
    return this.extents ? shownIn(this.view, this.extents) : { content: 0, before: 0, width: 0, isWhole: true };
  }

  private show(view: ZoomTransform): void {
    if (view !== this.view) this.root.call((root) => this.behaviour.transform(root, view));
  }

  private readonly wheeled = (event: WheelEvent): void => {
    if (!isSideways(event)) return;
    event.preventDefault();
    const pixels = (event.deltaX || event.deltaY) * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
    this.scrollTo(this.shown.before + pixels);
  };
}

/** Whether a turn of the wheel scrolls instead of zooming. A pinch on a trackpad is a wheel with the control key. */
const isSideways = ({ shiftKey, ctrlKey, deltaX, deltaY }: WheelEvent): boolean =>
  !ctrlKey && (shiftKey || Math.abs(deltaX) > Math.abs(deltaY));
