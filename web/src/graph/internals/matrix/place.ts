/** Places in a matrix: how large its cells are, which of its names have room, which cell is under the pointer. */

/** A cell, or a whole row or column: the other is null. */
export interface Place {
  readonly row: number | null;
  readonly column: number | null;
}

export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** Pixels: a smaller cell cannot be hit, a larger one tells no more. */
const LEAST_CELL = 2;
const LARGEST_CELL = 40;
/** The height of a line of names. */
const NAME = 13;

/** The side of a cell (pixels) where `columns` of them share `width`: at least 2, whatever the width, at most `largest`. */
export function cellSide(width: number, columns: number, largest = LARGEST_CELL): number {
  const side = width / Math.max(1, columns);
  return Math.max(LEAST_CELL, Math.min(largest, side >= 8 ? Math.floor(side) : side));
}

/** The places of the names that are written where cells have `side` pixels: all, or every second, fifth, tenth …  */
export function namedPlaces(n: number, side: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((each) => each * side >= NAME) ?? 200;
  return Array.from({ length: Math.ceil(n / step) }, (_, at) => at * step);
}

/** The cell at a part (0 to 1) of a matrix's width and height. */
export const cellAt = (across: number, down: number, rows: number, columns: number): CellPlace => ({ row: within(down, rows), column: within(across, columns) });

/** The row, or column, at a part (0 to 1) of the whole. */
export const within = (part: number, n: number): number => Math.max(0, Math.min(n - 1, Math.floor(part * n)));

const STEPS: Record<string, readonly [down: number, across: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
};

/** The cell that a key leads to, Home and End within the row; null: the key leads nowhere. `causal`: there are only cells up to the diagonal. */
export function steppedTo({ row, column }: CellPlace, key: string, rows: number, columns: number, causal: boolean): CellPlace | null {
  const step = key === "Home" ? ([0, -column] as const) : key === "End" ? ([0, columns] as const) : STEPS[key];
  if (!step) return null;
  const to = Math.max(0, Math.min(rows - 1, row + step[0]));
  const last = causal ? Math.min(to, columns - 1) : columns - 1;
  return { row: to, column: Math.max(0, Math.min(last, column + step[1])) };
}
