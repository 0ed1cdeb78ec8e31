/** The ranked rows of an answer, and the lit one. */
import type { PathEffect, PathsAnswer, RankedGroup, RankedPath } from "../../api/types";
import { litGroup, litPath, NOTHING_LIT, type Lit } from "../model/lit";
import { tokenAt, type GraphModel } from "../model/model";
import { stepOfGroup, stepOfNode, type Step } from "./steps";

export interface Row {
  steps: Step[];
  /** The score, with its sign. */
  value: number;
  /** The length of the row's bar: the absolute score, or a group's sum of its members' absolute scores. */
  size: number;
  effect: PathEffect;
  /** The number of single paths in a group; null for a single path. */
  members: number | null;
  /** The strongest members. */
  best: readonly RankedPath[];
}

export function rowsOf(answer: PathsAnswer, model: GraphModel): Row[] {
  if (answer.groups) {
    return answer.groups.map((group) => ({
      steps: group.sequence.map((step) => stepOfGroup(step, answer.group_by, (position) => tokenAt(model, position))),
      value: group.signed,
      size: group.score,
      effect: group.effect,
      members: group.members,
      best: group.best_members,
    }));
  }
  return (answer.paths ?? []).map((path) => ({
    steps: path.nodes.map(stepOfNode),
    value: path.score,
    size: Math.abs(path.score),
    effect: path.effect,
    members: null,
    best: [],
  }));
}

/** Whether a row can list members under it. */
export const canOpen = ({ members, best }: Row): boolean => members !== null && members > 1 && best.length > 0;

/** The lit row by its rank from 0. `member` is the one lit of a group's best members; null: the whole row is lit. */
export interface LitRow {
  rank: number;
  member: number | null;
}

export const sameRow = (a: LitRow | null, b: LitRow | null): boolean =>
  a === b || (a !== null && b !== null && a.rank === b.rank && a.member === b.member);

export type LitSource = { group: RankedGroup } | { path: RankedPath };

/** The group or path of a row, or null where the answer has no such row. */
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
