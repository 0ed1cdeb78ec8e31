/** The ranked rows of an answer, and which of them is lit. */
import type { PathsAnswer, RankedGroup, RankedPath } from "../api/types";
import { litGroup, litPath, NOTHING_LIT, type Lit } from "../graph/lit";
import type { GraphModel } from "../graph/model";

/** The lit row by its rank from 0, and which of a group's best members instead of the whole of it. */
export interface LitRow {
  rank: number;
  member: number | null;
}

export const sameRow = (a: LitRow | null, b: LitRow | null): boolean =>
  a === b || (a !== null && b !== null && a.rank === b.rank && a.member === b.member);

export type LitSource = { group: RankedGroup } | { path: RankedPath };

/** What a row stands for, or null where the answer has no such row. */
export function litSource(answer: PathsAnswer | null, row: LitRow | null): LitSource | null {
  if (!answer || !row) return null;
  const group = answer.groups?.[row.rank];
  if (group && row.member === null) return { group };
  const path = group ? group.best_members[row.member ?? 0] : answer.paths?.[row.rank];
  return path ? { path } : null;
}

export function litOf(model: GraphModel, source: LitSource | null): Lit {
  if (!source) return NOTHING_LIT;
  return "group" in source ? litGroup(model, source.group) : litPath(model, source.path);
}
