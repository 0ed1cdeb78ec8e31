/** The page's own question about paths, and the part of it that goes to the server. */
import type { FlowQuestion, GroupBy, LabelRule, PathsQuestion, ScoreName } from "../../api/types";
import type { GraphModel } from "../model/model";
import { isStart } from "../model/pieces";
import { DEFAULT_LABELS } from "../model/origin";
import { defaultScore, scoreNamed, type Score } from "./scores";

export type Grouping = Exclude<GroupBy, "none">;

export type Filter = "through" | "avoid";

export type Side = NonNullable<PathsQuestion["side"]>;

/** The two lists of an answer: what raises the target, and what lowers it. */
export const SIDES: readonly Side[] = ["raises", "lowers"];

/** The question as the panels set it; `queryOf` makes of it, for each list, the `PathsQuestion` that the server answers. */
export interface PageQuestion {
  /** How many rows each list asks for. */
  k: Readonly<Record<Side, number>>;
  score: ScoreName;
  /** The reader's wish, kept while a score that cannot be added up lists single paths. */
  grouped: boolean;
  groupBy: Grouping;
  /** How many automatic groups, where they group; null: as many as the graph says. */
  groups: number | null;
  /** Only what raises the target, or lowers it; null: both, each in a list of its own. */
  side: Side | null;
  /** A logit node's id; null: the most probable one. */
  target: string | null;
  /** Another logit's id: the target is the difference of the two. */
  ratherThan: string | null;
  /** Ids of nodes that are all on every path. */
  through: readonly string[];
  /** Ids of nodes that are on no path. */
  avoid: readonly string[];
  /** Which labels name features, and group them. */
  labels: LabelRule;
  /** Whether paths that begin at the token before the text are left out. */
  hideBos: boolean;
}

/** The lengths of a list, one "more" after another. */
const COUNTS = [5, 10, 20, 50, 100];

/** Whether a text is one of the lengths of a list. */
export const isLength = (text: string): boolean => COUNTS.some((count) => String(count) === text);

/** Automatic groups that the server can be asked for. */
export const GROUP_COUNTS = { least: 4, most: 40 };

/** Whether a text is a number of automatic groups. */
export const isGroupCount = (text: string): boolean =>
  /^\d+$/.test(text) && Number(text) >= GROUP_COUNTS.least && Number(text) <= GROUP_COUNTS.most;

/** Whether another number of automatic groups can be asked for, where an answer has so many: few features make few groups. */
export const canCount = ({ groups }: Pick<PageQuestion, "groups">, answered: number): boolean =>
  groups !== null || answered >= GROUP_COUNTS.least;

const GROUPINGS: Record<Grouping, true> = { auto: true, label: true, feature: true, layer: true, position: true, supernode: true };

export const isGrouping = (text: string): text is Grouping => Object.hasOwn(GROUPINGS, text);

/** Two lists share the room of one. */
export const firstCounts = (side: Side | null): PageQuestion["k"] => (side === null ? { raises: 5, lowers: 5 } : { raises: 10, lowers: 10 });

/** The next length of a list of `k` rows; undefined where there is none. */
export const longerThan = (k: number): number | undefined => COUNTS.find((count) => count > k);

/** Single paths that the server sends with each group. */
const BEST_MEMBERS = 3;

/** Whether something names nodes beside the graph itself, whose record counts its own labels as they were when it opened. */
const hasForeignLabels = ({ label_origin: origins }: Pick<GraphModel["nodes"], "label_origin">): boolean =>
  origins.some((origin) => origin !== null && origin.source !== "graph");

/** Whether paths can begin at a token that tokenizers put before a text, such as "<bos>". */
export const hasBos = ({ record, nodes }: GraphModel): boolean =>
  isStart(record.tokens[0] ?? "") && nodes.kind.some((kind, node) => kind === "embedding" && nodes.position[node] === 0);

/** The ways in which a graph's nodes can be grouped. */
export function groupings({ record, nodes }: GraphModel): Grouping[] {
  const always: Grouping[] = ["feature", "layer", "position"];
  return [
    "auto",
    ...(record.n_labelled_nodes > 0 || hasForeignLabels(nodes) ? (["label"] as const) : []),
    ...always,
    ...(nodes.supernodes.length > 0 ? (["supernode"] as const) : []),
  ];
}

export const sidesOf = ({ side }: Pick<PageQuestion, "side">): readonly Side[] => (side === null ? SIDES : [side]);

/**
 * The score of the first answer. What raises a target and what lowers it are compared in logits, where the graph knows
 * the activations that these need: influence counts both alike, so that a group of much influence may have hardly any net.
 */
function firstScore({ nodes }: GraphModel, scores: readonly Score[]): ScoreName {
  const signed = scores.find((score) => score.signed);
  const isKnown = nodes.kind.every((kind, node) => kind !== "feature" || Boolean(nodes.activation[node]));
  return signed && isKnown ? signed.name : defaultScore(scores);
}

export function firstQuestion(model: GraphModel, scores: readonly Score[]): PageQuestion {
  return {
    k: firstCounts(null),
    score: firstScore(model, scores),
    grouped: true,
    groupBy: model.record.default_group_by,
    groups: null,
    side: null,
    target: null,
    ratherThan: null,
    through: [],
    avoid: [],
    labels: DEFAULT_LABELS,
    hideBos: false,
  };
}

/** A question with parts of it changed: its answer is another list, which starts short again. */
export function changed(question: PageQuestion, change: Partial<PageQuestion>): PageQuestion {
  const next = { ...question, ...change };
  // A logit is no other than itself.
  if (next.ratherThan === next.target) next.ratherThan = null;
  return { ...next, k: firstCounts(next.side) };
}

/** The question with one of its lists made longer. */
export const lengthened = (question: PageQuestion, side: Side, k: number): PageQuestion => ({
  ...question,
  k: { ...question.k, [side]: k },
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

type Ends = "target" | "ratherThan" | "avoid";

/** The part of a question that paths and flow have in common. */
export const endsOf = ({
  target,
  ratherThan,
  avoid,
}: Pick<PageQuestion, Ends>): Pick<FlowQuestion & PathsQuestion, "target" | "rather_than" | "avoid"> => ({
  target: target === null ? [] : [target],
  ...(ratherThan === null ? {} : { rather_than: ratherThan }),
  avoid: [...avoid],
});

/** Whether groups are listed: scores that cannot be added up list single paths. */
export const isGrouped = (question: PageQuestion, scores: readonly Score[]): boolean =>
  question.grouped && scoreNamed(scores, question.score).grouped;

/** Whether the groups that are listed are automatic ones. */
export const isAutomatic = (question: PageQuestion, scores: readonly Score[]): boolean =>
  isGrouped(question, scores) && question.groupBy === "auto";

/** What the server is asked for one of the lists. */
export const queryOf = (question: PageQuestion, scores: readonly Score[], side: Side): PathsQuestion => ({
  k: question.k[side],
  score: question.score,
  group_by: isGrouped(question, scores) ? question.groupBy : "none",
  ...(question.groups !== null && isAutomatic(question, scores) ? { groups: question.groups } : {}),
  side,
  best_members: BEST_MEMBERS,
  ...endsOf(question),
  through: [...question.through],
  labels: question.labels,
  ...(question.hideBos ? { hide_bos: true } : {}),
});

/** The same for two questions whose answers differ in their lengths only. */
export const listKey = (question: { k?: unknown }): string => JSON.stringify({ ...question, k: 0 });
