/** How far two figures of the same heads go together. */

export interface Correlation {
  /** Heads of which both figures are known. */
  readonly n: number;
  /** Pearson's r; NaN where a figure is the same of all heads, or fewer than three are known. */
  readonly r: number;
  /** Spearman's rho: r of the ranks. */
  readonly rho: number;
}

export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): Correlation {
  const pairs = Array.from(a, (value, at) => [value, b[at] ?? NaN] as const).filter((pair) => pair.every(Number.isFinite));
  const [xs, ys] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
  return { n: pairs.length, r: pearson(xs, ys), rho: pearson(ranks(xs), ranks(ys)) };
}

/** "0.81", "−0.40", "not known". */
export const coefficient = (value: number): string => (Number.isFinite(value) ? value.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−") : "not known");

function pearson(xs: readonly number[], ys: readonly number[]): number {
  if (xs.length < 3) return NaN;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  let [both, onlyX, onlyY] = [0, 0, 0];
  xs.forEach((x, at) => {
    const [dx, dy] = [x - meanX, (ys[at] ?? 0) - meanY];
    both += dx * dy;
    onlyX += dx * dx;
    onlyY += dy * dy;
  });
  return onlyX > 0 && onlyY > 0 ? both / Math.sqrt(onlyX * onlyY) : NaN;
}

/** From 0; equal values share the mean of their ranks. */
function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const found = new Array<number>(values.length);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1] ?? 0] === values[order[first] ?? 0]) last += 1;
    for (let at = first; at <= last; at++) found[order[at] ?? 0] = (first + last) / 2;
    first = last + 1;
  }
  return found;
}
