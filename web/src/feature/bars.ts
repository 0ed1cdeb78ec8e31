/** A histogram as bars in a box of 1 by 1. */
import type { Histogram } from "../api/types";

export interface Bar {
  /** The left edge, the width and the height, each a share of the box. */
  x: number;
  width: number;
  height: number;
}

/** The least height of a bar that is not empty, so that it is seen. */
const LEAST = 0.03;

/** One bar a value, side by side in the order of the values; the highest fills the box. Empty ones are left out. */
export function barsOf({ values, heights }: Histogram): Bar[] {
  const n = Math.min(values.length, heights.length);
  const most = heights.slice(0, n).reduce((high, each) => Math.max(high, each), 0);
  return heights.slice(0, n).flatMap((height, at) =>
    height > 0 ? [{ x: at / n, width: 1 / n, height: Math.max(LEAST, height / most) }] : [],
  );
}
