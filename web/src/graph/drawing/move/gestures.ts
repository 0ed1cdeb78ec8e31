/**
 * What the reader's hand does to the drawing: a drag moves it, the wheel and two fingers zoom it; over an axis, the wheel
 * and a drag zoom what the axis shows alone. Drags with a modifier key are not taken here.
 */
import type { Point, Zoomed } from "../place/viewport";

export interface Hand {
  onMove: (x: number, y: number) => void;
  /** Zoom by a factor about a point of the container. */
  onZoom: (factor: number, what: Zoomed, at: Point) => void;
  /** Scroll sideways by so many pixels. */
  onScroll: (pixels: number) => void;
  /** Back to where the drawing began. */
  onHome: (what: Zoomed) => void;
}

/** Pixels of a drag below which it is a click. */
const LEAST_DRAG = 3;
/** Pixels of a wheel's line and page. */
const LINE = 16;
const PAGE = 400;
/** Pixels of the wheel, and of a drag along an axis, that double the zoom. */
const DOUBLING = { wheel: 500, drag: 150 };
/** A pinch on a trackpad is a wheel with the control key, and small numbers. */
const PINCH = 10;

/** What an axis at an event's target zooms, or both. */
function zoomedAt({ target }: Event): Zoomed {
  const axis = target instanceof Element ? target.closest<HTMLElement>("[data-zooms]")?.dataset.zooms : undefined;
  return axis === "tokens" || axis === "layers" ? axis : "both";
}

/** The factor by which a turn of the wheel zooms. */
export function wheelFactor({ deltaY, deltaMode, ctrlKey }: Pick<WheelEvent, "deltaY" | "deltaMode" | "ctrlKey">): number {
  return 2 ** ((-pixels(deltaY, deltaMode) * (ctrlKey ? PINCH : 1)) / DOUBLING.wheel);
}

/** Whether a turn of the wheel scrolls instead of zooming. */
export const isSideways = ({ shiftKey, ctrlKey, deltaX, deltaY }: Pick<WheelEvent, "shiftKey" | "ctrlKey" | "deltaX" | "deltaY">): boolean =>
  !ctrlKey && (shiftKey || Math.abs(deltaX) > Math.abs(deltaY));

const pixels = (delta: number, mode: number): number => delta * (mode === 1 ? LINE : mode === 2 ? PAGE : 1);

export class Gestures {
  /** Where each finger, or the mouse, is that holds the drawing. */
  private readonly held = new Map<number, Point>();
  private holds: Zoomed = "both";
  /** Where the drag began, and whether it is one by now. */
  private start: Point = { x: 0, y: 0 };
  private isDrag = false;
  private readonly stop = new AbortController();

  constructor(
    private readonly container: HTMLElement,
    private readonly hand: Hand,
  ) {
    const { signal } = this.stop;
    container.addEventListener("pointerdown", this.pressed, { signal });
    container.addEventListener("pointermove", this.dragged, { signal });
    container.addEventListener("pointerup", this.released, { signal });
    container.addEventListener("pointercancel", this.released, { signal });
    container.addEventListener("click", this.clicked, { signal, capture: true });
    container.addEventListener("dblclick", (event) => hand.onHome(zoomedAt(event)), { signal });
    container.addEventListener("wheel", this.wheeled, { signal, passive: false });
  }

  destroy(): void {
    this.stop.abort();
  }

  private inside({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.container.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  private readonly pressed = (event: PointerEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (this.held.size === 0) {
      this.start = this.inside(event);
      this.isDrag = false;
      this.holds = zoomedAt(event);
    }
    this.held.set(event.pointerId, this.inside(event));
  };

  private readonly dragged = (event: PointerEvent): void => {
    const before = this.held.get(event.pointerId);
    if (!before) return;
    const to = this.inside(event);
    if (!this.isDrag) {
      if (Math.hypot(to.x - this.start.x, to.y - this.start.y) < LEAST_DRAG && this.held.size === 1) return;
      this.isDrag = true;
      this.container.setPointerCapture(event.pointerId);
    }
    const [other] = [...this.held].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    this.held.set(event.pointerId, to);
    if (other) this.pinched(before, to, other);
    else if (this.holds === "tokens") this.hand.onZoom(2 ** ((to.x - before.x) / DOUBLING.drag), "tokens", this.start);
    else if (this.holds === "layers") this.hand.onZoom(2 ** ((before.y - to.y) / DOUBLING.drag), "layers", this.start);
    else this.hand.onMove(to.x - before.x, to.y - before.y);
  };

  /** One finger has moved while the other stayed. */
  private pinched(before: Point, to: Point, other: Point): void {
    const wide = Math.hypot(before.x - other.x, before.y - other.y);
    const factor = Math.hypot(to.x - other.x, to.y - other.y) / Math.max(1, wide);
    this.hand.onMove((to.x - before.x) / 2, (to.y - before.y) / 2);
    this.hand.onZoom(factor, this.holds, { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 });
  }

  private readonly released = (event: PointerEvent): void => {
    this.held.delete(event.pointerId);
  };

  /** The click at the end of a drag selects nothing. */
  private readonly clicked = (event: MouseEvent): void => {
    if (this.isDrag) event.stopImmediatePropagation();
    this.isDrag = false;
  };

  private readonly wheeled = (event: WheelEvent): void => {
    event.preventDefault();
    if (isSideways(event)) this.hand.onScroll(pixels(event.deltaX || event.deltaY, event.deltaMode));
    else this.hand.onZoom(wheelFactor(event), zoomedAt(event), this.inside(event));
  };
}
