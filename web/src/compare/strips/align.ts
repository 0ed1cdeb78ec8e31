/** Two token sequences above each other, by the fewest changes that make one of the other. */

/** A column: the positions that stand above each other; null: a gap. */
export interface Column {
  a: number | null;
  b: number | null;
  /** Whether both have the same token here. */
  same: boolean;
}

/** A gap beside a pair of different tokens: two of them cost more than one change of a token. */
const GAP = 1;
/** A token in place of another, which is dearer than one gap and cheaper than two. */
const CHANGE = 1.5;

/**
 * The columns of an alignment of two token sequences, of least cost; tokens are the same whatever spaces they begin with.
 * Among equal costs tokens are paired as early as can be, so that what both begin with stands together.
 */
export function align(a: readonly string[], b: readonly string[]): Column[] {
  const isSame = (i: number, j: number) => a[i]?.trim() === b[j]?.trim();
  const width = b.length + 1;
  // cost[i, j]: of what is left from positions i and j on
  const cost = new Float64Array((a.length + 1) * width);
  const at = (i: number, j: number) => cost[i * width + j] ?? 0;
  for (let i = a.length; i >= 0; i--) {
    for (let j = b.length; j >= 0; j--) {
      if (i === a.length || j === b.length) cost[i * width + j] = GAP * (a.length - i + b.length - j);
      else cost[i * width + j] = Math.min(at(i + 1, j + 1) + (isSame(i, j) ? 0 : CHANGE), at(i + 1, j) + GAP, at(i, j + 1) + GAP);
    }
  }
  const columns: Column[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const left = at(i, j);
    if (i < a.length && j < b.length && left === at(i + 1, j + 1) + (isSame(i, j) ? 0 : CHANGE)) columns.push({ a: i++, b: j, same: isSame(i - 1, j++) });
    else if (i < a.length && left === at(i + 1, j) + GAP) columns.push({ a: i++, b: null, same: false });
    else columns.push({ a: null, b: j++, same: false });
  }
  return columns;
}

/** Columns of which a long run of the same tokens is one piece. */
export type Piece = { kind: "column"; column: Column } | { kind: "run"; columns: Column[] };

/** Columns that fit beside each other, so that no run is folded. */
const FITTING = 24;
/** Same tokens that stay in sight beside what differs, and at both ends. */
const BESIDE = 3;
/** The shortest run that is worth folding. */
const LEAST_RUN = 4;

/** The columns, with the middle of long runs of the same tokens as one piece where there are too many to be seen at once. */
export function folded(columns: readonly Column[]): Piece[] {
  const single = (column: Column): Piece => ({ kind: "column", column });
  if (columns.length <= FITTING) return columns.map(single);
  const isNear = (at: number) => at < BESIDE || at >= columns.length - BESIDE || columns.slice(Math.max(0, at - BESIDE), at + BESIDE + 1).some(({ same }) => !same);
  const pieces: Piece[] = [];
  let run: Column[] = [];
  const end = () => {
    if (run.length >= LEAST_RUN) pieces.push({ kind: "run", columns: run });
    else pieces.push(...run.map(single));
    run = [];
  };
  columns.forEach((column, at) => {
    if (!isNear(at)) run.push(column);
    else {
      end();
      pieces.push(single(column));
    }
  });
  end();
  return pieces;
}
