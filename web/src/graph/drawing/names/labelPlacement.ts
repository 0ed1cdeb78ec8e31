/** Places for names beside marks: in order, where there is room, never over each other. */

/** A mark on the screen that a name should not cover. */
export interface Mark {
  x: number;
  y: number;
  r: number;
  /** Names never cover a lit mark. */
  lit: boolean;
}

export interface Candidate {
  /** The mark's centre and radius. */
  x: number;
  y: number;
  r: number;
  width: number;
  height: number;
  /** A lit mark's name may cover unlit marks, if there is no better place. */
  lit: boolean;
  /** Whether the name stands beside its mark or nowhere. */
  beside?: boolean;
}

export interface Placed<C extends Candidate> {
  candidate: C;
  /** The name's box: left and top. */
  left: number;
  top: number;
}

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const GAP = 3;
const CELL = 24;

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Marks by grid cell, so that counting the marks under a box does not walk all of them. */
class Occupancy {
  private readonly grid = new Map<number, Mark[]>();

  constructor(marks: readonly Mark[]) {
    for (const mark of marks) {
      const key = this.key(Math.floor(mark.x / CELL), Math.floor(mark.y / CELL));
      const cell = this.grid.get(key);
      if (cell) cell.push(mark);
      else this.grid.set(key, [mark]);
    }
  }

  /** The number of marks under a box; Infinity if one of them is lit. */
  covered(box: Box): number {
    let covered = 0;
    for (let col = Math.floor(box.left / CELL) - 1; col <= Math.floor(box.right / CELL) + 1; col++) {
      for (let row = Math.floor(box.top / CELL) - 1; row <= Math.floor(box.bottom / CELL) + 1; row++) {
        for (const mark of this.grid.get(this.key(col, row)) ?? []) {
          const { x, y, r } = mark;
          if (!overlap(box, { left: x - r, right: x + r, top: y - r, bottom: y + r })) continue;
          if (mark.lit) return Infinity;
          covered++;
        }
      }
    }
    return covered;
  }

  private key(col: number, row: number): number {
    return col * 65_536 + row;
  }
}

/** The places to try in order: beside the mark, above and below it, then at its corners. */
function places({ x, y, r, width, height, beside = false }: Candidate): Box[] {
  const box = (left: number, top: number): Box => ({ left, top, right: left + width, bottom: top + height });
  const middle = y - height / 2;
  const sides = [box(x + r + GAP, middle), box(x - r - GAP - width, middle)];
  if (beside) return sides;
  return [
    ...sides,
    box(x - width / 2, y - r - GAP - height),
    box(x - width / 2, y + r + GAP),
    box(x + r, y - r - height),
    box(x - r - width, y - r - height),
    box(x + r, y + r),
    box(x - r - width, y + r),
  ];
}

/** The candidates that found a place, in their order, at most `limit`. */
export function placeLabels<C extends Candidate>(
  candidates: readonly C[],
  marks: readonly Mark[],
  bounds: Bounds,
  limit = Infinity,
): Placed<C>[] {
  const occupancy = new Occupancy(marks);
  const taken: Box[] = [];
  const placed: Placed<C>[] = [];
  for (const candidate of candidates) {
    if (placed.length >= limit) break;
    let best: Box | null = null;
    let least = Infinity;
    for (const box of places(candidate)) {
      if (box.left < bounds.left || box.right > bounds.right) continue;
      if (box.top < bounds.top || box.bottom > bounds.bottom) continue;
      if (taken.some((other) => overlap(box, other))) continue;
      const covered = occupancy.covered(box);
      if (covered > 0 && !candidate.lit) continue;
      if (covered < least) {
        least = covered;
        best = box;
        if (covered === 0) break;
      }
    }
    if (!best) continue;
    taken.push(best);
    placed.push({ candidate, left: best.left, top: best.top });
  }
  return placed;
}
