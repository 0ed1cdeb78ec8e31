/** Where values stand on an axis that holds them all and 0. */
export interface Axis {
  zero: number;
  /** The place of a value, in percent of the axis' length. */
  at: (value: number) => number;
}

export function axisOf(values: readonly number[]): Axis {
  const least = Math.min(0, ...values);
  const span = Math.max(0, ...values) - least || 1;
  const at = (value: number) => ((value - least) / span) * 100;
  return { zero: at(0), at };
}
