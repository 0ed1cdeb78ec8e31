/**
 * The logits above the layers, in lines of their own so that each has room for its name: down the lines, most
 * probable first, in as few columns as the height allows. The first column's names go to its left, over the other
 * positions, where nothing else is; the last column's go to its right.
 */
import type { Column } from "./columns";
import type { Places } from "./cells";

/** Distance between two lines, and between two columns of logits. */
const LINE = 15;
const ACROSS = 18;
/** The part of the drawing's height that logits take at most. */
const MOST_HEIGHT = 0.25;
/** Logits that stand in one column. */
const FEW = 4;
/** The room to the right of a logit for its name. */
const NAME_ROOM = 126;

export interface LogitGrid {
  lines: number;
  columns: number;
  /** Pixels from the first line to the last. */
  height: number;
  /** The width of the position's column below which names on the right would be cut. */
  leastWidth: number;
}

export function logitGrid(count: number, innerHeight: number): LogitGrid {
  const most = Math.max(1, Math.floor((innerHeight * MOST_HEIGHT) / LINE) + 1);
  const columns = count <= FEW && count <= most ? 1 : Math.max(2, Math.ceil(count / most));
  const lines = Math.max(1, Math.ceil(count / columns));
  return {
    lines,
    columns,
    height: (lines - 1) * LINE,
    leastWidth: columns > 1 ? (columns - 1) * ACROSS + NAME_ROOM + 8 : 0,
  };
}

/** Puts the logits, most probable first, into their grid, whose last line is at `bottom`. */
export function placeLogits(
  logits: readonly number[],
  grid: LogitGrid,
  column: Column,
  bottom: number,
  at: Places,
): void {
  const width = (grid.columns - 1) * ACROSS;
  const centred = (column.x0 + column.x1 - width) / 2;
  const left = grid.columns > 1 ? Math.max(column.x0 + 8, Math.min(centred, column.x1 - NAME_ROOM - width)) : centred;
  logits.forEach((node, place) => {
    at.x[node] = left + Math.floor(place / grid.lines) * ACROSS;
    at.y[node] = bottom - grid.height + (place % grid.lines) * LINE;
  });
}

/** The largest radius that leaves the lines apart. */
export const mostRadius = (grid: LogitGrid): number => (grid.lines > 1 ? LINE * 0.3 : Infinity);
