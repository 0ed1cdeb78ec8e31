/** The ranked rows of an answer, and which of them is lit. */
import type { PathsAnswer, RankedGroup, RankedPath } from "../../api/types";
import { litGroup, litPath, NOTHING_LIT, type Lit } from "../model/lit";
import { tokenAt, type GraphModel } from "../model/model";
import { stepOfGroup, stepOfNode, type Step } from "./steps";

export interface Row {
  steps: Step[];
  /** The score, with its sign. */
  value: number;
  /** What ranks the row's bar: the absolute score; of a group the sum of its members' absolute scores. */
  size: number;
  /** How many single paths a group sums; null for a single path. */
  members: number | null;
  /** The strongest of them. */
  best: readonly RankedPath[];
}

export function rowsOf(answer: PathsAnswer, model: GraphModel): Row[] {
  if (answer.groups) {
    return answer.groups.map((group) => ({
      steps: group.sequence.map((step) => stepOfGroup(step, answer.group_by, (position) => tokenAt(model, position))),
      value: group.signed,
      size: group.score,
      members: group.members,
      best: group.best_members,
    }));
  }
  return (answer.paths ?? []).map((path) => ({
    steps: path.nodes.map(stepOfNode),
    value: path.score,
    size: Math.abs(path.score),
    members: null,
    best: [],
  }));
}

/** Whether a row has paths to list under it. */
export const opens = ({ members, best }: Row): boolean => members !== null && members > 1 && best.length > 0;

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
