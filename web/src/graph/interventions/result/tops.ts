/** The most probable tokens before and after a change, side by side. */
import type { TokenChance } from "../../../api/types";

export interface TopRow {
  token: string;
  /** Null: it was not among the most probable ones. */
  before: number | null;
  after: number | null;
}

/** Rows that are told: what follows is hardly ever said. */
const MOST = 6;

/** The tokens of either list, the one of the largest probability first. `known`: tokens of which both probabilities are known. */
export function topRows(before: readonly TokenChance[], after: readonly TokenChance[], known: readonly TopRow[] = []): TopRow[] {
  const rows = new Map<string, TopRow>();
  const rowOf = (token: string): TopRow => {
    const row = rows.get(token) ?? { token, before: null, after: null };
    rows.set(token, row);
    return row;
  };
  for (const { token, probability } of before) rowOf(token).before ??= probability;
  for (const { token, probability } of after) rowOf(token).after ??= probability;
  for (const { token, before, after } of known) {
    const row = rows.get(token);
    if (row) Object.assign(row, { before: row.before ?? before, after: row.after ?? after });
  }
  const most = ({ before, after }: TopRow) => Math.max(before ?? 0, after ?? 0);
  return [...rows.values()].sort((a, b) => most(b) - most(a)).slice(0, MOST);
}
