/** Where the drawing's places are on the screen. Tokens (across) and layers (up) zoom apart. Immutable. */

export class View {
  /** Places on the screen, in CSS pixels of the frame: those of the layout * (kx, ky) + (x, y). */
  constructor(
    readonly kx: number,
    readonly ky: number,
    readonly x: number,
    readonly y: number,
  ) {}

  readonly applyX = (x: number): number => x * this.kx + this.x;
  readonly applyY = (y: number): number => y * this.ky + this.y;
  readonly invertX = (x: number): number => (x - this.x) / this.kx;
  readonly invertY = (y: number): number => (y - this.y) / this.ky;

  /** The zoom that marks and names have room for: the lesser of both. */
  get k(): number {
    return Math.min(this.kx, this.ky);
  }

  /** The view moved on the screen. */
  moved(x: number, y: number): View {
    return new View(this.kx, this.ky, this.x + x, this.y + y);
  }

  equals({ kx, ky, x, y }: View): boolean {
    return kx === this.kx && ky === this.ky && x === this.x && y === this.y;
  }
}

export const IDENTITY = new View(1, 1, 0, 0);
