/** What a person asks about paths: the page's own state, and what of it goes to the server. */
import type { PathsQuery } from "../../api/client";
import type { GroupBy, ScoreAnswer, ScoreName } from "../../api/types";
import type { GraphModel } from "../model/model";

export type Grouping = Exclude<GroupBy, "none">;

export type Filter = "through" | "avoid";

export interface PathsQuestion extends Omit<PathsQuery, "groupBy"> {
  /** As wished: a score that cannot be added up lists single paths all the same, until another is chosen. */
  grouped: boolean;
  groupBy: Grouping;
}

const FIRST_COUNT = 10;

/** How many paths are asked for, one "more" after another. */
export const COUNTS = [FIRST_COUNT, 20, 50, 100];

/** What a graph's nodes can be grouped by. */
export function groupings({ record, nodes }: GraphModel): Grouping[] {
  const always: Grouping[] = ["feature", "layer", "position"];
  return [
    ...(record.n_labelled_nodes > 0 ? (["label"] as const) : []),
    ...always,
    ...(nodes.supernodes.length > 0 ? (["supernode"] as const) : []),
  ];
}

export function firstQuestion(model: GraphModel): PathsQuestion {
  return {
    k: FIRST_COUNT,
    score: "influence",
    grouped: model.record.n_labelled_nodes > 0,
    groupBy: groupings(model)[0] ?? "feature",
    target: null,
    through: [],
    avoid: [],
  };
}

/** A question with some of it changed: its answer is another list, which starts short again. */
export const changed = (question: PathsQuestion, change: Partial<PathsQuestion>): PathsQuestion => ({
  ...question,
  ...change,
  k: FIRST_COUNT,
});

/** The question with a filter added, or taken back where it is there. No path is both through and around a node. */
export function withFilter(question: PathsQuestion, filter: Filter, id: string): PathsQuestion {
  const without = (ids: readonly string[]) => ids.filter((each) => each !== id);
  const isThere = question[filter].includes(id);
  const filters = { through: without(question.through), avoid: without(question.avoid) };
  if (!isThere) filters[filter].push(id);
  return changed(question, filters);
}

export const isFiltered = ({ through, avoid }: Pick<PathsQuery, Filter>): boolean => through.length + avoid.length > 0;

export const canGroup = (score: ScoreName, scores: readonly ScoreAnswer[]): boolean =>
  scores.find(({ name }) => name === score)?.grouped ?? false;

export function queryOf({ grouped, groupBy, ...rest }: PathsQuestion, scores: readonly ScoreAnswer[]): PathsQuery {
  return { ...rest, groupBy: grouped && canGroup(rest.score, scores) ? groupBy : "none" };
}

/** The same for two questions whose answers differ in nothing but how long they are. */
export const listKey = (asked: { k: number }): string => JSON.stringify({ ...asked, k: 0 });
