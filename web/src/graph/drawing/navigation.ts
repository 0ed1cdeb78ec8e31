/** The reader's way about the drawing: gestures (move/) turned into views, within viewport.ts's bounds. */
import { AxisHandles } from "./move/axisHandles";
import { Gestures } from "./move/gestures";
import { IDENTITY, View } from "./place/view";
import {
  filledBy,
  homeView,
  revealing,
  scrolled,
  shownIn,
  wholeView,
  within,
  zoomed,
  type Extents,
  type Point,
  type Shown,
  type Zoomed,
} from "./place/viewport";

export class Navigation {
  view: View = IDENTITY;
  private extents: Extents | null = null;
  private readonly handles: AxisHandles;
  private readonly gestures: Gestures;

  /** `onMoved` is told of every other view, but for those of `bound`; `goesOn`: others are likely to follow at once. */
  constructor(
    container: HTMLElement,
    private readonly onMoved: (goesOn: boolean) => void,
  ) {
    this.handles = new AxisHandles(container);
    this.gestures = new Gestures(container, {
      onMove: (x, y) => this.show((view, extents) => within(view.moved(x, y), extents), true),
      onZoom: (factor, what, at) => this.show((view, extents) => zoomed(view, factor, what, at, extents), true),
      onScroll: (pixels) => this.scrollTo(this.shown.before + pixels),
      onHome: this.home,
    });
  }

  destroy(): void {
    this.gestures.destroy();
    this.handles.destroy();
  }

  /** Move within other bounds. What was at its home stays there. */
  bound(extents: Extents): void {
    const before = this.extents;
    const atHome = before === null || this.view.equals(homeView(before));
    this.extents = extents;
    this.view = atHome ? homeView(extents) : within(this.view, extents);
    this.handles.bound(extents);
  }

  readonly home = (what: Zoomed): void =>
    this.show(({ kx, ky, x, y }, extents) => {
      const home = homeView(extents);
      if (what === "tokens") return within(new View(home.kx, ky, home.x, y), extents);
      return what === "layers" ? within(new View(kx, home.ky, x, home.y), extents) : home;
    });

  whole(): void {
    this.show((_, extents) => wholeView(extents));
  }

  /** Zoom by a factor about the middle. */
  zoomBy(factor: number, what: Zoomed): void {
    this.show((view, extents) => zoomed(view, factor, what, { x: extents.width / 2, y: extents.height / 2 }, extents));
  }

  /** Show the drawing from `before` pixels of its width at the current zoom. */
  scrollTo(before: number): void {
    this.show((view, extents) => scrolled(view, before, extents), true);
  }

  /** Scroll so that these places, in pixels at zoom 1, are in view. */
  reveal(places: readonly number[]): void {
    this.show((view, extents) => revealing(view, places, extents));
  }

  /** Zoom so that these places fill the frame. */
  fill(places: readonly Point[]): void {
    if (places.length > 0) this.show((_, extents) => filledBy(places, extents));
  }

  get shown(): Shown {
    return this.extents ? shownIn(this.view, this.extents) : { content: 0, before: 0, width: 0, isWhole: true };
  }

  private show(next: (view: View, extents: Extents) => View, goesOn = false): void {
    if (!this.extents) return;
    const view = next(this.view, this.extents);
    if (view.equals(this.view)) return;
    this.view = view;
    this.onMoved(goesOn);
  }
}
