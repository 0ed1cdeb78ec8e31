/**
 * Places for names beside marks: in order, where there is room, never over each other. A name that could be read as
 * another mark's stands off instead, with a line that leads to its own.
 */

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
  /** The line from the mark's edge to the name; null for a name that stands at its mark. */
  leader: Leader | null;
}

interface Point {
  x: number;
  y: number;
}

export interface Leader {
  from: Point;
  to: Point;
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
/** A name is taken for another mark's that is not this much further from it than its own. */
const APART = 3;
/** The distances at which a name stands off its mark. */
const OFF = [13, 26];
/** The names that may stand off, those that come first: the others may be thousands, which have no time. */
const MOST_OFF = 60;

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** The point of a box that is nearest to a place. */
const nearest = (box: Box, { x, y }: Point): Point => ({
  x: Math.min(box.right, Math.max(box.left, x)),
  y: Math.min(box.bottom, Math.max(box.top, y)),
});

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
    const isLit = this.some(box, ({ x, y, r, lit }) => {
      if (!overlap(box, { left: x - r, right: x + r, top: y - r, bottom: y + r })) return false;
      covered++;
      return lit;
    });
    return isLit ? Infinity : covered;
  }

  /** Whether `test` holds for a mark that may reach into a box. */
  private some(box: Box, test: (mark: Mark) => boolean): boolean {
    for (let col = Math.floor(box.left / CELL) - 1; col <= Math.floor(box.right / CELL) + 1; col++) {
      for (let row = Math.floor(box.top / CELL) - 1; row <= Math.floor(box.bottom / CELL) + 1; row++) {
        if (this.grid.get(this.key(col, row))?.some(test)) return true;
      }
    }
    return false;
  }

  /** Whether a name at its mark could be another's. */
  isUnclear(box: Box, { x, y }: Candidate): boolean {
    return this.some(box, (mark) => {
      if (mark.x === x && mark.y === y) return false;
      const to = nearest(box, mark);
      return Math.hypot(to.x - mark.x, to.y - mark.y) - mark.r < GAP + APART;
    });
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

/** The places to try off the mark, in order. */
function placesOff({ x, y, r, width, height }: Candidate): Box[] {
  const box = (left: number, top: number): Box => ({ left, top, right: left + width, bottom: top + height });
  return OFF.flatMap((off) => {
    const above = y - r - off - height;
    const below = y + r + off;
    return [
      ...[above, below].flatMap((top) => [box(x - width / 2, top), box(x + off / 2, top), box(x - off / 2 - width, top)]),
      box(x + r + off, y - off - height / 2),
      box(x - r - off - width, y - off - height / 2),
    ];
  });
}

function leaderTo(box: Box, { x, y, r }: Candidate): Leader {
  const to = nearest(box, { x, y });
  const length = Math.hypot(to.x - x, to.y - y);
  const part = length > 0 ? r / length : 0;
  return { from: { x: x + (to.x - x) * part, y: y + (to.y - y) * part }, to };
}

/** A placed name that has moved along with its mark to (x, y). */
export function movedTo<C extends Candidate>({ candidate, left, top, leader }: Placed<C>, { x, y }: Point): Placed<C> {
  const by = (point: Point): Point => ({ x: point.x + x - candidate.x, y: point.y + y - candidate.y });
  const corner = by({ x: left, y: top });
  return { candidate: { ...candidate, x, y }, left: corner.x, top: corner.y, leader: leader && { from: by(leader.from), to: by(leader.to) } };
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
  /** A box with nothing in its way, the number of marks that it covers, or null where it cannot stand. */
  const free = (box: Box, isLit: boolean): number | null => {
    if (box.left < bounds.left || box.right > bounds.right) return null;
    if (box.top < bounds.top || box.bottom > bounds.bottom) return null;
    if (taken.some((other) => overlap(box, other))) return null;
    const covered = occupancy.covered(box);
    return covered === Infinity || (covered > 0 && !isLit) ? null : covered;
  };
  for (const [at, candidate] of candidates.entries()) {
    if (placed.length >= limit) break;
    let best: Box | null = null;
    let least = Infinity;
    /** A place where nothing is covered, but which could be another mark's name. */
    let unclear: Box | null = null;
    for (const box of places(candidate)) {
      const covered = free(box, candidate.lit);
      if (covered === null || covered >= least) continue;
      if (covered === 0 && !candidate.beside && occupancy.isUnclear(box, candidate)) {
        unclear ??= box;
        continue;
      }
      least = covered;
      best = box;
      if (covered === 0) break;
    }
    let isOff = false;
    if (least > 0 && !candidate.beside && at < MOST_OFF) {
      const off = placesOff(candidate).find((box) => free(box, false) === 0);
      isOff = off !== undefined;
      if (off) best = off;
    }
    if (!isOff && least > 0) best = unclear ?? best;
    if (!best) continue;
    taken.push(best);
    placed.push({ candidate, left: best.left, top: best.top, leader: isOff ? leaderTo(best, candidate) : null });
  }
  return placed;
}
