/** The most probable tokens before and after a change, side by side. */
import type { TokenChance } from "../../../api/types";

export interface TopRow {
  token: string;
  /** Null: it was not among the most probable ones. */
  before: number | null;
  after: number | null;
}

/** Every token of either list, the one of the largest probability first. */
export function topRows(before: readonly TokenChance[], after: readonly TokenChance[]): TopRow[] {
  const rows = new Map<string, TopRow>();
  const rowOf = (token: string): TopRow => {
    const row = rows.get(token) ?? { token, before: null, after: null };
    rows.set(token, row);
    return row;
  };
  for (const { token, probability } of before) rowOf(token).before ??= probability;
  for (const { token, probability } of after) rowOf(token).after ??= probability;
  const most = ({ before, after }: TopRow) => Math.max(before ?? 0, after ?? 0);
  return [...rows.values()].sort((a, b) => most(b) - most(a));
}
