/**
 * A painted picture on a canvas of its own. While the view moves, the browser moves and stretches the canvas: nothing
 * is drawn again until there is a picture of the new view.
 */
import type { View } from "../place/view";

interface Box {
  width: number;
  height: number;
}

export class MovedPicture {
  private view: View | null = null;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  get isThere(): boolean {
    return this.view !== null;
  }

  /** What stands on the canvas was drawn for this view; null: nothing stands there. */
  drawn(view: View | null): void {
    this.view = view;
  }

  /** Move the canvas to where `view` has what is on it. */
  follow(view: View): void {
    if (!this.view) return;
    const [kx, ky] = [view.kx / this.view.kx, view.ky / this.view.ky];
    const [x, y] = [view.x - this.view.x * kx, view.y - this.view.y * ky];
    this.canvas.style.transform = view.equals(this.view) ? "" : `matrix(${kx}, 0, 0, ${ky}, ${x}, ${y})`;
  }

  /** The part of a frame that the picture covers under `view`. */
  covered(view: View, { width, height }: Box): number {
    if (!this.view) return 0;
    const along = (k: number, before: number, kBefore: number, t: number, size: number): number => {
      const from = t - (before * k) / kBefore;
      return Math.max(0, Math.min(size, from + (size * k) / kBefore) - Math.max(0, from)) / size;
    };
    const across = along(view.kx, this.view.x, this.view.kx, view.x, width);
    return across * along(view.ky, this.view.y, this.view.ky, view.y, height);
  }

  show(isShown: boolean): void {
    this.canvas.hidden = !isShown;
  }
}
