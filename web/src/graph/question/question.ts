/** The page's own question about paths, and the part of it that goes to the server. */
import type { FlowQuestion, GroupBy, PathsQuestion, ScoreName } from "../../api/types";
import type { GraphModel } from "../model/model";
import { defaultScore, scoreNamed, type Score } from "./scores";

export type Grouping = Exclude<GroupBy, "none">;

export type Filter = "through" | "avoid";

export type Side = NonNullable<PathsQuestion["side"]>;

/** The question as the panels set it; `queryOf` makes of it the `PathsQuestion` that the server answers. */
export interface PageQuestion {
  k: number;
  score: ScoreName;
  /** The reader's wish, kept while a score that cannot be added up lists single paths. */
  grouped: boolean;
  groupBy: Grouping;
  /** Only what raises the target, or lowers it; null: both. */
  side: Side | null;
  /** A logit node's id; null: the most probable one. */
  target: string | null;
  /** Ids of nodes that are all on every path. */
  through: readonly string[];
  /** Ids of nodes that are on no path. */
  avoid: readonly string[];
}

const FIRST_COUNT = 10;

/** The lengths of the list, one "more" after another. */
export const COUNTS = [FIRST_COUNT, 20, 50, 100];
/** Single paths that the server sends with each group. */
const BEST_MEMBERS = 3;

/** The ways in which a graph's nodes can be grouped. */
export function groupings({ record, nodes }: GraphModel): Grouping[] {
  const always: Grouping[] = ["feature", "layer", "position"];
  return [
    ...(record.n_labelled_nodes > 0 ? (["label"] as const) : []),
    ...always,
    ...(nodes.supernodes.length > 0 ? (["supernode"] as const) : []),
  ];
}

export function firstQuestion(model: GraphModel, scores: readonly Score[]): PageQuestion {
  return {
    k: FIRST_COUNT,
    score: defaultScore(scores),
    grouped: model.record.n_labelled_nodes > 0,
    groupBy: groupings(model)[0] ?? "feature",
    side: null,
    target: null,
    through: [],
    avoid: [],
  };
}

/** A question with parts of it changed: its answer is another list, which starts short again. */
export const changed = (question: PageQuestion, change: Partial<PageQuestion>): PageQuestion => ({
  ...question,
  ...change,
  k: FIRST_COUNT,
});

/** The question with a filter added, or removed if it is set. No path is both through and around a node. */
export function withFilter(question: PageQuestion, filter: Filter, id: string): PageQuestion {
  const without = (ids: readonly string[]) => ids.filter((each) => each !== id);
  const isSet = question[filter].includes(id);
  const filters = { through: without(question.through), avoid: without(question.avoid) };
  if (!isSet) filters[filter].push(id);
  return changed(question, filters);
}

export const isFiltered = ({ through = [], avoid = [] }: { through?: readonly string[]; avoid?: readonly string[] }): boolean =>
  through.length + avoid.length > 0;

type Ends = "target" | "avoid";

/** The part of a question that paths and flow have in common. */
export const endsOf = ({ target, avoid }: Pick<PageQuestion, Ends>): Pick<FlowQuestion, Ends> & Pick<PathsQuestion, Ends> => ({
  target: target === null ? [] : [target],
  avoid: [...avoid],
});

/** Whether groups are listed: scores that cannot be added up list single paths. */
export const isGrouped = (question: PageQuestion, scores: readonly Score[]): boolean =>
  question.grouped && scoreNamed(scores, question.score).grouped;

export const queryOf = (question: PageQuestion, scores: readonly Score[]): PathsQuestion => ({
  k: question.k,
  score: question.score,
  group_by: isGrouped(question, scores) ? question.groupBy : "none",
  ...(question.side === null ? {} : { side: question.side }),
  best_members: BEST_MEMBERS,
  ...endsOf(question),
  through: [...question.through],
});

/** The same for two questions whose answers differ in their lengths only. */
export const listKey = (question: { k?: number }): string => JSON.stringify({ ...question, k: 0 });
