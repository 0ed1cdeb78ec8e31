/** The page's own question about paths, and the part of it that goes to the server. */
import type { FlowQuestion, GroupBy, LabelRule, PathsQuestion, ScoreName } from "../../api/types";
import type { GraphModel } from "../model/model";
import { isStart } from "../model/pieces";
import { DEFAULT_LABELS } from "../../shared/labels/origin";
import { defaultScore, scoreNamed, type Score } from "./scores";

export type Grouping = Exclude<GroupBy, "none">;

/** What a filter says of paths: they begin at, go through, or go around what it names. */
export type Filter = "source" | "through" | "avoid";

export const FILTERS: readonly Filter[] = ["source", "through", "avoid"];

export type Sign = NonNullable<PathsQuestion["sign"]>;

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
  /** A logit's or a feature node's id; null: the most probable logit. */
  target: string | null;
  /** Another logit's id: the target is the difference of the two. */
  ratherThan: string | null;
  /** Selectors, of which a node's id is one: paths begin at what one of them names; none: at a token. */
  source: readonly string[];
  /** Selectors, each of which names a node of every path; of several with `|` between, one does. */
  through: readonly string[];
  /** Selectors that name no node of any path. */
  avoid: readonly string[];
  /** Of the weights along a path; it chooses a side by itself, so that `side` is null beside it. */
  sign: Sign | null;
  /** Links of a path. */
  minLength: number;
  /** Links of a path; null: any number. */
  maxLength: number | null;
  /** Whether the whole trace is ranked that the graph was pruned from. */
  unpruned: boolean;
  /** Which labels name features, and group them. */
  labels: LabelRule;
  /** Whether paths that begin at the token before the text are left out. */
  hideBos: boolean;
  /** The View whose supernodes group and are chosen; null: the one that counts unless named. The page's, not the reader's, to set. */
  view: string | null;
}

/** The lengths of a list, one "more" after another. */
const COUNTS = [5, 10, 20, 50, 100, 200, 300];

/** The most rows of a list. */
export const MOST_ROWS = 300;

/** Whether a text is a length of a list. */
export const isLength = (text: string): boolean => isBetween(text, 1, MOST_ROWS);

/** The fewest links of a path unless others are asked for: through a node at least. */
export const MIN_LENGTH = 2;

/** The most links of a path that can be asked for. */
export const MAX_LENGTH = 1000;

/** The `through` filters that the server takes. */
export const MOST_THROUGH = 8;

/** Automatic groups that the server can be asked for. */
export const GROUP_COUNTS = { least: 4, most: 40 };

/** Whether a text is a number of automatic groups. */
export const isGroupCount = (text: string): boolean => isBetween(text, GROUP_COUNTS.least, GROUP_COUNTS.most);

/** Whether a text is a whole number within bounds. */
export const isBetween = (text: string, least: number, most: number): boolean =>
  /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

/** Whether another number of automatic groups can be asked for, where an answer has so many: few features make few groups. */
export const canCount = ({ groups }: Pick<PageQuestion, "groups">, answered: number): boolean =>
  groups !== null || answered >= GROUP_COUNTS.least;

const GROUPINGS: Record<Grouping, true> = { auto: true, label: true, feature: true, layer: true, position: true, supernode: true };

export const isGrouping = (text: string): text is Grouping => Object.hasOwn(GROUPINGS, text);

/** Two lists share the room of one. */
export const firstCounts = (question: Pick<PageQuestion, "side" | "sign">): PageQuestion["k"] =>
  sidesOf(question).length > 1 ? { raises: 5, lowers: 5 } : { raises: 10, lowers: 10 };

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

/** The lists that a question asks for. A sign of paths is that of their effect. */
export function sidesOf({ side, sign }: Pick<PageQuestion, "side" | "sign">): readonly Side[] {
  if (sign !== null) return [sign === "negative" ? "lowers" : "raises"];
  return side === null ? SIDES : [side];
}

/**
 * The score of the first answer. What raises a target and what lowers it are compared in logits, where the graph knows
 * the activations that these need: influence counts both alike, so that a group of much influence may have hardly any net.
 */
function firstScore({ nodes }: GraphModel, scores: readonly Score[]): ScoreName {
  const signed = scores.find((score) => score.signed);
  const isKnown = nodes.kind.every((kind, node) => kind !== "feature" || Boolean(nodes.activation[node]));
  return signed && isKnown ? signed.name : defaultScore(scores);
}

type Restriction = Filter | "sign" | "minLength" | "maxLength" | "unpruned" | "hideBos";

/** What a question has where nothing restricts its paths. */
export const NO_FILTERS: Pick<PageQuestion, Restriction> = {
  source: [],
  through: [],
  avoid: [],
  sign: null,
  minLength: MIN_LENGTH,
  maxLength: null,
  unpruned: false,
  hideBos: false,
};

/** Whether something restricts the paths of a question. The whole trace has more of them. */
export const isFiltered = ({ source, through, avoid, sign, minLength, maxLength, hideBos }: PageQuestion): boolean =>
  source.length + through.length + avoid.length > 0 || sign !== null || minLength > MIN_LENGTH || maxLength !== null || hideBos;

export function firstQuestion(model: GraphModel, scores: readonly Score[]): PageQuestion {
  return {
    k: firstCounts({ side: null, sign: null }),
    score: firstScore(model, scores),
    grouped: true,
    groupBy: model.record.default_group_by,
    groups: null,
    side: null,
    target: null,
    ratherThan: null,
    ...NO_FILTERS,
    labels: DEFAULT_LABELS,
    view: null,
  };
}

/** Whether an id is a feature node's. */
const isFeature = (id: string): boolean => /(^|\/)feature\/\d/.test(id);

/** A question with parts of it changed: its answer is another list, which starts short again. */
export function changed(question: PageQuestion, change: Partial<PageQuestion>): PageQuestion {
  const next = { ...question, ...change };
  // A logit is no other than itself, and a feature is not told apart from one.
  if (next.ratherThan === next.target || (next.target !== null && isFeature(next.target))) next.ratherThan = null;
  if (next.sign !== null && next.side !== null) {
    if (change.side) next.sign = null;
    else next.side = null;
  }
  return { ...next, k: firstCounts(next) };
}

/** The question with its lists made longer. */
export const lengthened = (question: PageQuestion, k: Partial<PageQuestion["k"]>): PageQuestion => ({
  ...question,
  k: { ...question.k, ...k },
});

/** The question with a filter added, or removed if it is set. What paths go through they do not go around. */
export function withFilter(question: PageQuestion, filter: Filter, selector: string): PageQuestion {
  const without = (of: Filter) => question[of].filter((each) => each !== selector);
  const others = filter === "source" ? {} : { through: without("through"), avoid: without("avoid") };
  const own = question[filter].includes(selector) ? without(filter) : [...without(filter), selector];
  return changed(question, { ...others, [filter]: own });
}

type Ends = "source" | "target" | "ratherThan" | "avoid" | "view";

/** The part of a question that paths and flow have in common. */
export const endsOf = ({
  source,
  target,
  ratherThan,
  avoid,
  view,
}: Pick<PageQuestion, Ends>): Pick<FlowQuestion & PathsQuestion, "source" | "target" | "rather_than" | "avoid" | "view"> => ({
  source: [...source],
  target: target === null ? [] : [target],
  ...(ratherThan === null ? {} : { rather_than: ratherThan }),
  avoid: [...avoid],
  ...(view === null ? {} : { view }),
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
  ...(question.sign === null ? { side } : { sign: question.sign }),
  best_members: BEST_MEMBERS,
  ...endsOf(question),
  through: [...question.through],
  ...(question.minLength === MIN_LENGTH ? {} : { min_length: question.minLength }),
  ...(question.maxLength === null ? {} : { max_length: question.maxLength }),
  labels: question.labels,
  ...(question.hideBos ? { hide_bos: true } : {}),
  ...(question.unpruned ? { unpruned: true } : {}),
});

/** The same for two questions whose answers differ in their lengths only. */
export const listKey = (question: { k?: unknown }): string => JSON.stringify({ ...question, k: 0 });
