/** The ranked rows of an answer, and the lit one. */
import type { PathEffect, PathsAnswer, RankedGroup, RankedPath } from "../../api/types";
import { litGroup, litPath, NOTHING_LIT, type Lit } from "../model/lit";
import type { GraphModel } from "../model/model";
import { distinct } from "../names/distinct";
import type { Side } from "../question/question";
import type { Score } from "../question/scores";
import { stepOfGroup, stepOfNode, type Step } from "./steps";

export interface Row {
  steps: readonly Step[];
  /** What ranks the row: a path's score, a group's net, with its sign where the score has one. */
  value: number;
  /** The length of the row's bar: the absolute score, or a group's sum of its members' absolute scores. */
  size: number;
  effect: PathEffect;
  /** The number of single paths in a group; null for a single path. */
  members: number | null;
  /** The strongest members. */
  best: readonly RankedPath[];
  /** The ids of the nodes of each step. */
  ids: readonly (readonly string[])[];
}

/** A group's net: what its side carries more than the other. Influence has no sign, so the group's own sum counts both sides. */
const netOf = ({ signed, effect }: RankedGroup, score: Score): number =>
  score.is_share ? Math.abs(effect.raising - effect.lowering) : signed;

export function rowsOf(answer: PathsAnswer, model: GraphModel, score: Score): Row[] {
  if (answer.groups) {
    return answer.groups.map((group) => ({
      steps: group.sequence.map((step) => stepOfGroup(model, step, answer.group_by)),
      value: netOf(group, score),
      size: group.score,
      effect: group.effect,
      members: group.members,
      best: group.best_members,
      ids: group.sequence.map((step) => step.nodes),
    }));
  }
  return (answer.paths ?? []).map((path) => ({
    steps: path.nodes.map((node) => stepOfNode(model, node)),
    value: path.score,
    size: Math.abs(path.score),
    effect: path.effect,
    members: null,
    best: [],
    ids: path.nodes.map(({ id }) => [id]),
  }));
}

/** Rows of steps of which no two read alike, unless they are of the same nodes. */
export function distinctSteps(rows: readonly (readonly Step[])[]): Step[][] {
  const shown = distinct(
    rows.map((steps) =>
      steps.map(({ text, note, extras }) => ({
        text: note ? `${text} ${note.text}` : text,
        extras: extras.map((extra) => extra.text),
      })),
    ),
  );
  return rows.map((steps, row) =>
    steps.map((step, at) => ({ ...step, marks: step.extras.filter((_, extra) => shown[row]?.[at]?.[extra]) })),
  );
}

/** Whether a row can list members under it. */
export const canOpen = ({ members, best }: Row): boolean => members !== null && members > 1 && best.length > 0;

/** The lit row by its list and its rank from 0. `member` is the one lit of a group's best members; null: the whole row is lit. */
export interface LitRow {
  side: Side;
  rank: number;
  member: number | null;
}

export const sameRow = (a: LitRow | null, b: LitRow | null): boolean =>
  a === b || (a !== null && b !== null && a.side === b.side && a.rank === b.rank && a.member === b.member);

export type LitSource = ({ group: RankedGroup } | { path: RankedPath }) & {
  /** The id of the logit from which the target is told apart, which paths may lead to as well; null: none. */
  other: string | null;
};

/** The group or path of a row in its list's answer, or null where that has no such row. */
export function litSource(answer: PathsAnswer | null, row: LitRow | null): LitSource | null {
  if (!answer || !row) return null;
  const group = answer.groups?.[row.rank];
  const other = answer.rather_than?.id ?? null;
  if (group && row.member === null) return { group, other };
  const path = group ? group.best_members[row.member ?? 0] : answer.paths?.[row.rank];
  return path ? { path, other } : null;
}

/** The path that a lit row stands for: its own, or a group's strongest. */
export function litPathOf(source: LitSource | null): RankedPath | null {
  if (source === null) return null;
  return "path" in source ? source.path : (source.group.best_members[0] ?? null);
}

/** Whether a path's nodes are in the steps of a sequence, in its order; a step may have several of them. */
function runsThrough(sequence: RankedGroup["sequence"], ids: readonly string[]): boolean {
  let step = -1;
  for (const id of ids) {
    if (sequence[step]?.nodes.includes(id)) continue;
    step += 1;
    if (!sequence[step]?.nodes.includes(id)) return false;
  }
  return step === sequence.length - 1;
}

/**
 * The row of another answer that holds the path of the lit `row`, where features have other names and thus other groups.
 * A lit member that is not listed any more lights its group; null: no row holds the path.
 */
export function rowWith(answer: PathsAnswer, path: RankedPath, row: LitRow): LitRow | null {
  const ids = path.nodes.map(({ id }) => id);
  const isPath = ({ nodes }: RankedPath) => nodes.length === ids.length && nodes.every(({ id }, at) => id === ids[at]);
  if (!answer.groups) {
    const rank = (answer.paths ?? []).findIndex(isPath);
    return rank < 0 ? null : { ...row, rank, member: null };
  }
  const rank = answer.groups.findIndex(({ sequence }) => runsThrough(sequence, ids));
  if (rank < 0) return null;
  const member = row.member === null ? -1 : (answer.groups[rank]?.best_members.findIndex(isPath) ?? -1);
  return { ...row, rank, member: member < 0 ? null : member };
}

export function litOf(model: GraphModel, source: LitSource | null): Lit {
  if (!source) return NOTHING_LIT;
  return "group" in source ? litGroup(model, source.group, source.other) : litPath(model, source.path, source.other);
}
