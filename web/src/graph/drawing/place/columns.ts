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

/** Columns of these widths side by side from `left`. */
export function columnsOf(widths: readonly number[], left: number): Column[] {
  let x0 = left;
  return widths.map((width, position) => {
    const column = { position, x0, x1: x0 + width };
    x0 = column.x1;
    return column;
  });
}
