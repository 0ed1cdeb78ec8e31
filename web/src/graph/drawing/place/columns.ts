/** The columns of the drawing, one for each position of the prompt: as wide as their nodes and tokens need. */

export interface Column {
  position: number;
  x0: number;
  x1: number;
}

/**
 * Column widths in proportion to `wishes`, none below its `least`. They fill `inner` pixels, or more where the least
 * widths need more.
 */
export function columnWidths(wishes: readonly number[], least: readonly number[], inner: number): number[] {
  const needed = wishes.reduce((sum, _, at) => sum + (least[at] ?? 0), 0);
  const fixed = new Set<number>();
  for (;;) {
    let room = Math.max(inner, needed);
    let wished = 0;
    wishes.forEach((wish, at) => {
      if (fixed.has(at)) room -= least[at] ?? 0;
      else wished += wish;
    });
    const unit = room / Math.max(wished, 1e-9);
    const narrow = wishes.flatMap((wish, at) => (!fixed.has(at) && wish * unit < (least[at] ?? 0) ? [at] : []));
    if (narrow.length === 0) return wishes.map((wish, at) => (fixed.has(at) ? (least[at] ?? 0) : wish * unit));
    for (const at of narrow) fixed.add(at);
  }
}

/**
 * Least widths that are as near to `wanted` as `most` pixels for all of them allow, and never below `needed`: the
 * columns share what there is in proportion to what they want beyond their need.
 */
export function easedWidths(needed: readonly number[], wanted: readonly number[], most: number): number[] {
  const beyond = needed.map((need, at) => Math.max(0, (wanted[at] ?? 0) - need));
  const total = beyond.reduce((sum, each) => sum + each, 0);
  const room = Math.max(0, most - needed.reduce((sum, each) => sum + each, 0));
  const part = Math.min(1, room / Math.max(total, 1e-9));
  return needed.map((need, at) => need + (beyond[at] ?? 0) * part);
}

/** Columns of these widths side by side from `left`. */
export function columnsOf(widths: readonly number[], left: number): Column[] {
  let x0 = left;
  return widths.map((width, position) => {
    const column = { position, x0, x1: x0 + width };
    x0 = column.x1;
    return column;
  });
}
