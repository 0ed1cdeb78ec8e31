/** Rows beyond the edges of the box that are on the page, too, so that the next is there before it is reached. */
const BEYOND = 6;

interface Sight {
  /** All rows. */
  n: number;
  /** Pixels, as `top` and `height`: how far the box is scrolled, and how high it is. */
  rowHeight: number;
  top: number;
  height: number;
  /** A row that is on the page in any case; null: there is none. */
  focused: number | null;
}

/** The places of the rows of a long list that are on the page, ascending. */
export function rowsInSight({ n, rowHeight, top, height, focused }: Sight): number[] {
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), n - 1) - BEYOND);
  const last = Math.min(n, Math.ceil((top + height) / rowHeight) + BEYOND);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  if (focused === null || focused >= n || (focused >= first && focused < last)) return rows;
  return focused < first ? [focused, ...rows] : [...rows, focused];
}
