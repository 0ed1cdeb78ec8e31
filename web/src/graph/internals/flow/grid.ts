/** Where the bars stand: a row of bars for each half of a layer, the output on top, a column for each position of the prompt. */

/** As the drawing is zoomed: a place of the whole drawing, times `k`, plus (x, y), is its place in the plot. CSS pixels. */
export interface View {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: View = { k: 1, x: 0, y: 0 };

export interface Grid {
  readonly nRows: number;
  readonly nPositions: number;
  /** The size of the plot, without its labels, and of one cell of the whole drawing. CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly column: number;
  readonly row: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Cell {
  readonly row: number;
  readonly position: number;
}

/** Bars of short prompts are no walls. */
const WIDEST = 96;
/** The least that can be zoomed to: a bar in which small segments are seen. */
const READABLE = { column: 120, row: 160 };
/** The part of a cell that is between bars, and its most. */
const GAP = { part: 0.16, most: 6 };

export const gridOf = (nRows: number, nPositions: number, width: number, height: number): Grid => ({
  nRows,
  nPositions,
  width,
  height,
  column: Math.min(width / Math.max(1, nPositions), WIDEST),
  row: height / Math.max(1, nRows),
});

/** How far it can be zoomed. */
export const mostZoom = ({ column, row }: Grid): number => Math.max(2, READABLE.column / column, READABLE.row / row);

/** The cell at a place of the plot; null: none is there. */
export function cellAt(grid: Grid, view: View, x: number, y: number): Cell | null {
  if (x < 0 || y < 0 || x >= grid.width || y >= grid.height) return null;
  const position = Math.floor((x - view.x) / view.k / grid.column);
  const row = grid.nRows - 1 - Math.floor((y - view.y) / view.k / grid.row);
  return position >= 0 && position < grid.nPositions && row >= 0 && row < grid.nRows ? { row, position } : null;
}

/** A cell with the space around its bar, in the plot. */
export const cellBox = ({ nRows, column, row }: Grid, { k, x, y }: View, cell: Cell): Box => ({
  x: x + k * column * cell.position,
  y: y + k * row * (nRows - 1 - cell.row),
  width: k * column,
  height: k * row,
});

/** The room for a cell's bar. */
export function barBox(grid: Grid, view: View, cell: Cell): Box {
  const { x, y, width, height } = cellBox(grid, view, cell);
  const [across, down] = [Math.min(GAP.part * width, GAP.most), Math.min(GAP.part * height, GAP.most)];
  return { x: x + across / 2, y: y + down / 2, width: width - across, height: height - down };
}

/** The first and last row and position of which something is in sight. */
export function inSight({ nRows, nPositions, width, height, column, row }: Grid, { k, x, y }: View): { rows: [number, number]; positions: [number, number] } {
  const within = (at: number, most: number): number => Math.min(most, Math.max(0, at));
  const top = Math.floor(-y / k / row);
  const bottom = Math.ceil((height - y) / k / row) - 1;
  return {
    rows: [within(nRows - 1 - bottom, nRows - 1), within(nRows - 1 - top, nRows - 1)],
    positions: [within(Math.floor(-x / k / column), nPositions - 1), within(Math.ceil((width - x) / k / column) - 1, nPositions - 1)],
  };
}

/** Every how many labels one is written, where one needs `least` pixels and gets `size`. */
export const labelStep = (size: number, least: number): number => Math.max(1, Math.ceil(least / size));
