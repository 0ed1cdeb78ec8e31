/** The box that is drawn over the drawing to select what is in it: with Shift, or by every drag where `always` is set. */

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Point {
  x: number;
  y: number;
}

/** Pixels that a drag moves at least; less is a click. */
const LEAST = 4;

export const boxOf = (one: Point, other: Point): Box => ({
  left: Math.min(one.x, other.x),
  top: Math.min(one.y, other.y),
  right: Math.max(one.x, other.x),
  bottom: Math.max(one.y, other.y),
});

/** Of `members`, those whose places are in the box. */
export const inBox = (box: Box, members: readonly number[], placeOf: (node: number) => Point): number[] =>
  members.filter((node) => {
    const { x, y } = placeOf(node);
    return box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
  });

export interface BoxEvents {
  /** The box is drawn, or has gone. */
  onDraw: (box: Box | null) => void;
  /** It is done. `adds`: what is in it comes to what is selected. */
  onBox: (box: Box, adds: boolean) => void;
}

export class BoxSelect {
  /** Whether a drag without Shift draws a box, too. */
  always = false;
  private start: Point | null = null;
  private box: Box | null = null;
  /** Whether the next click is the end of a drag. */
  private isSpent = false;
  private readonly mark = document.createElement("div");
  private readonly stop = new AbortController();

  constructor(
    private readonly container: HTMLElement,
    private readonly events: BoxEvents,
  ) {
    this.mark.className = "drawing-box";
    this.mark.hidden = true;
    container.append(this.mark);
    // In the capturing phase, before the drag moves the drawing.
    const options = { capture: true, signal: this.stop.signal };
    container.addEventListener("pointerdown", this.pressed, options);
    container.addEventListener("pointermove", this.moved, options);
    container.addEventListener("pointerup", this.released, options);
    container.addEventListener("pointercancel", this.dropped, options);
    container.addEventListener("click", this.clicked, options);
  }

  destroy(): void {
    this.stop.abort();
    this.mark.remove();
  }

  private at({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.container.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  private readonly pressed = (event: PointerEvent): void => {
    this.isSpent = false;
    if (event.button !== 0 || !event.isPrimary || !(event.shiftKey || this.always)) return;
    event.stopImmediatePropagation();
    this.start = this.at(event);
    this.container.setPointerCapture(event.pointerId);
  };

  private readonly moved = (event: PointerEvent): void => {
    if (!this.start) return;
    event.stopImmediatePropagation();
    const to = this.at(event);
    if (!this.box && Math.hypot(to.x - this.start.x, to.y - this.start.y) < LEAST) return;
    this.box = boxOf(this.start, to);
    const { left, top, right, bottom } = this.box;
    Object.assign(this.mark.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
    this.mark.hidden = false;
    this.events.onDraw(this.box);
  };

  private readonly released = (event: PointerEvent): void => {
    const { box } = this;
    this.dropped();
    if (!box) return;
    this.isSpent = true;
    this.events.onBox(box, event.shiftKey);
  };

  private readonly dropped = (): void => {
    if (this.box) this.events.onDraw(null);
    this.start = null;
    this.box = null;
    this.mark.hidden = true;
  };

  private readonly clicked = (event: Event): void => {
    if (this.isSpent) event.stopImmediatePropagation();
    this.isSpent = false;
  };
}
