/**
 * What the address of a graph's page says, and the page that it asks for.
 *
 *     t, vs             the target, a logit or a feature node, and the logit that it is told apart from, each by the end of
 *                       its id: `logit/26/7/41163`
 *     score, by         what ranks, what groups: `none` lists single paths
 *     groups            how many automatic groups
 *     labels            which labels count
 *     side, bos         one list of the two; `hide` leaves out paths from the token before the text
 *     from, through, around
 *                       a filter's selector, as often as there are some: `feature/20/7/44686`, `label:Texas|layer:20`
 *     sign, length      of paths: `all-positive`; `2-4` links, `3-` at least
 *     trace             `whole`: of what the graph was pruned from
 *     raises, lowers    the lengths of the lists, where they were made longer
 *     row               the lit row: list, rank and, of a group, the member: `raises.1`, `lowers.2.1`
 *     sel               the selection: a node, several nodes, `=` and a supernode's name, `link:` and its ends, `circuit:` and
 *                       the ends of a circuit's link, `token:` and its position, `head:` and its layer and number, with a
 *                       query and a key: `head:2.2:10:9`
 *     tab               `circuit`, or what shows the prompt's internals: `attention`, `heads`, `tokens`, `flow`
 *     layers, heads, …  what these show (internals/insideAddress.ts)
 *     test              the id of the stored test that is open
 *     draft             a change of a test that is being set up (interventions/draftAddress.ts), unless a stored one is open
 *     view              the open View, unless it is the one that opens by itself; nothing: none is open
 *     pins, group, …    the work, where it is other than the View's (work/workAddress.ts)
 *     notes             the notes, where they are other than the View's; without those that are too long (`areAddressed`)
 *     size              what sizes the marks
 *     show, errors      the share of the flow that the drawn nodes hold: `0.7`; `drawn`
 *
 * A page as it opens by itself has none of them. Any other says the grouping, whatever it is: what a graph is grouped by
 * unless somebody says follows its labels, which may change under a link.
 */
import type { LabelRule } from "../api/types";
import type { LitRow } from "./answer/rows";
import type { SizedBy } from "./drawing/prominence";
import type { Draft } from "./interventions/draft";
import { draftTexts, withText } from "./interventions/draftAddress";
import { FIRST_INSIDE, INSIDE_TABS, type Inside } from "./internals/inside";
import { insideTexts, isInside, withInside } from "./internals/insideAddress";
import { FIRST_BUDGET, type Budget } from "./model/budget";
import { idEnd, linksOf, logitsOf, nodeEnd, type GraphModel } from "./model/model";
import { DEFAULT_LABELS, isLabelRule } from "../shared/labels/origin";
import { known, shortened } from "./question/filters/selector";
import { SIGNS } from "./question/filters/restrictions";
import {
  changed,
  firstCounts,
  firstQuestion,
  groupings,
  hasBos,
  isBetween,
  isGroupCount,
  isGrouped,
  isGrouping,
  isLength,
  MAX_LENGTH,
  MIN_LENGTH,
  SIDES,
  sidesOf,
  type Filter,
  type PageQuestion,
  type Side,
  type Sign,
} from "./question/question";
import { nodesAt, selectionOf, type Selection } from "./model/selection";
import type { Score } from "./question/scores";
import { areAddressed, isChanged, onPage, type OnPage, type OpenView } from "./work/bench";
import { isTestId, WORK_PARAMETERS, workParameters, WorkReader } from "./work/workAddress";

/** The part of the page's state that its address says. */
export interface PageState {
  question: PageQuestion;
  /** The lit row of one of the lists, or null. */
  row: LitRow | null;
  /** What its details are open of, or null. */
  selection: Selection | null;
  /** What stands in the middle. */
  tab: Tab;
  /** The id of the stored test that is open, or null. */
  test: string | null;
  /** A test that is being set up, also while the stored one is shown that was made of it; null: there is none. */
  draft: Draft | null;
  /** What the tabs of the prompt's internals show. */
  inside: Inside;
  sizedBy: SizedBy;
  /** Which nodes are drawn. */
  budget: Budget;
}

export const TABS = ["graph", "circuit", ...INSIDE_TABS] as const;
export type Tab = (typeof TABS)[number];

/** A page inside another page, where the prompt's internals are not shown. */
export function embeddedPage({ page, on, leftOut }: Found): Found {
  const isShown = !INSIDE_TABS.some((tab) => tab === page.tab);
  return isShown ? { page, on, leftOut } : { page: { ...page, tab: "graph" }, on, leftOut: [...leftOut, `tab=${page.tab}`] };
}

/** The Views of a graph as it opens. */
export interface OpenedViews {
  /** The one that opens where the address names none; null: there is none. */
  first: string | null;
  /** The one that is open, or null. */
  open: OpenView | null;
}

export const NO_VIEWS: OpenedViews = { first: null, open: null };

/** A page that an address asks for. */
export interface Found {
  page: PageState;
  /** The View that is open, and the work on it. */
  on: OnPage;
  /** The parts of the address that this graph does not have, as they stand there: `sel=feature/0/1/7`. */
  leftOut: readonly string[];
}

/** The page as it opens where nothing is asked. */
export const firstPage = (model: GraphModel, scores: readonly Score[]): PageState => ({
  question: firstQuestion(model, scores),
  row: null,
  selection: null,
  tab: "graph",
  test: null,
  draft: null,
  inside: FIRST_INSIDE,
  sizedBy: "flow",
  budget: FIRST_BUDGET,
});

/** The rule of labels in an address' query, by which a graph is opened; the default where it names none that there is. */
export function labelsIn(search: string): LabelRule {
  const named = new URLSearchParams(search).get("labels");
  return isLabelRule(named) ? named : DEFAULT_LABELS;
}

/** The View that an address' query names; "": none is to open; null: it does not say. */
export const viewIn = (search: string): string | null => new URLSearchParams(search).get("view");

/** "raises.1", "lowers.2.1": ranks and members are counted from 1, as the page counts them. */
export const rowText = ({ side, rank, member }: LitRow): string => [side, rank + 1, ...(member === null ? [] : [member + 1])].join(".");

function rowIn(text: string): LitRow | null {
  const [, named, rank, member] = /^(\w+)\.([1-9]\d{0,3})(?:\.([1-9]\d{0,3}))?$/.exec(text) ?? [];
  const side = SIDES.find((each) => each === named);
  return side ? { side, rank: Number(rank) - 1, member: member === undefined ? null : Number(member) - 1 } : null;
}

const FILTER_NAMES: readonly [name: string, filter: Filter][] = [
  ["from", "source"],
  ["through", "through"],
  ["around", "avoid"],
];

/** A selection as an address says it: "feature/20/7/44686", two with a comma between, "=Texas", "link:END:END", "circuit:END:=Texas", "token:7". */
function selectionText(model: GraphModel, selection: Selection): string {
  const end = (node: number | undefined) => nodeEnd(model, node ?? 0);
  switch (selection.kind) {
    case "node":
      return end(selection.node);
    case "nodes":
      return selection.nodes.map(end).join(",");
    case "supernode":
      return `=${selection.name}`;
    case "link":
      return `link:${end(model.edges.source[selection.edge])}:${end(model.edges.target[selection.edge])}`;
    case "circuit-link":
      return `circuit:${inParts(selection.source)}:${inParts(selection.target)}`;
    case "token":
      return `token:${selection.position}`;
    case "head": {
      const { layer, head, cell } = selection;
      return ["head", `${layer}.${head}`, ...(cell ? [cell.query, cell.key] : [])].join(":");
    }
  }
}

/** A part of a value whose parts stand between colons, and the part again. */
const inParts = (text: string): string => text.replace(/[%:]/g, encodeURIComponent);
const ofParts = (text: string): string => text.replaceAll("%3A", ":").replaceAll("%25", "%");

function selectionIn(model: GraphModel, text: string, { work }: OnPage): Selection | null {
  const ordinal = (end: string) => model.ordinalOf.get(`${model.record.id}/${end}`);
  if (text.startsWith("=")) {
    const name = text.slice(1);
    return work.supernodes.some((one) => one.name === name) ? { kind: "supernode", name } : null;
  }
  const [kind, first = "", second = ""] = text.split(":");
  if (kind === "token") return /^\d{1,6}$/.test(first) && Number(first) < model.record.tokens.length ? { kind: "token", position: Number(first) } : null;
  if (kind === "head") return headIn(text, model.record.tokens.length);
  if (kind === "link") {
    const [source, target] = [ordinal(first), ordinal(second)];
    const edge = source === undefined ? undefined : linksOf(model.outgoing, source).find((each) => model.edges.target[each] === target);
    return edge === undefined ? null : { kind: "link", edge };
  }
  if (kind === "circuit") {
    const [source, target] = [ofParts(first), ofParts(second)];
    const members = (name: string) => work.supernodes.find((one) => one.name === name)?.nodes ?? [];
    const isThere = [source, target].every((end) => nodesAt(model, end, members).length > 0);
    return isThere && source !== target ? { kind: "circuit-link", source, target } : null;
  }
  const nodes = text.split(",").map(ordinal);
  return nodes.every((node) => node !== undefined) ? selectionOf(nodes) : null;
}

/** A head, with a cell of the prompt if one is named. Which heads the model has is known where its internals are. */
function headIn(text: string, tokens: number): Selection | null {
  const [, layer, head, query, key] = /^head:(\d{1,6})\.(\d{1,6})(?::(\d{1,6}):(\d{1,6}))?$/.exec(text) ?? [];
  if (layer === undefined || head === undefined) return null;
  const cell = query === undefined || key === undefined ? null : { query: Number(query), key: Number(key) };
  return cell === null || (cell.key <= cell.query && cell.query < tokens) ? { kind: "head", layer: Number(layer), head: Number(head), cell } : null;
}

/** The query of a page's address: "" for the page as it opens by itself. `firstView`: the View that opens by itself. */
export function addressOf(page: PageState, on: OnPage, model: GraphModel, scores: readonly Score[], firstView: string | null): string {
  const first = firstPage(model, scores);
  const { question, row, selection, tab, test, draft, inside, sizedBy, budget } = page;
  const said: [name: string, value: string][] = [];
  const say = (name: string, value: string | number | null, unless: unknown = null) => {
    if (value !== null && value !== unless) said.push([name, String(value)]);
  };
  const end = (id: string | null) => (id === null ? null : idEnd(model, id));
  const isByGroups = question.grouped && question.groupBy === "auto";
  say("t", end(question.target));
  say("vs", end(question.ratherThan));
  say("score", question.score, first.question.score);
  const by = question.grouped ? question.groupBy : "none";
  say("by", by);
  say("groups", isByGroups ? question.groups : null);
  say("labels", question.labels, DEFAULT_LABELS);
  say("side", question.side);
  say("bos", question.hideBos ? "hide" : null);
  for (const [name, filter] of FILTER_NAMES) for (const selector of question[filter]) say(name, shortened(model, selector));
  say("sign", question.sign);
  const { minLength, maxLength } = question;
  say("length", minLength === MIN_LENGTH && maxLength === null ? null : `${minLength}-${maxLength ?? ""}`);
  say("trace", question.unpruned ? "whole" : null);
  for (const side of sidesOf(question)) say(side, question.k[side], firstCounts(question)[side]);
  say("row", row && rowText(row));
  say("sel", selection && selectionText(model, selection));
  say("tab", tab, first.tab);
  said.push(...insideTexts(inside, model.record.tokens.length));
  say("test", test);
  if (draft !== null && test === null) for (const text of draftTexts(model, draft)) say("draft", text);
  say("size", sizedBy, first.sizedBy);
  say("show", budget.share);
  say("errors", budget.errors ? "drawn" : null);
  const view = on.view?.name ?? "";
  say("view", view, firstView ?? "");
  if (isChanged({ ...on, notes: on.view?.notes ?? "" })) said.push(...workParameters(model, on.work));
  if (areAddressed(on.notes)) say("notes", on.notes, on.view?.notes ?? "");
  if (said.length === 1 && by === first.question.groupBy) return "";
  return `?${said.map(([name, value]) => `${name}=${encoded(value)}`).join("&")}`;
}

/** A value as it may stand in a query; slashes, commas and colons are allowed there, and are easier to read. */
const encoded = (value: string): string => encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":");

/** The page that an address' query asks for. */
export function pageIn(search: string, model: GraphModel, scores: readonly Score[], views: OpenedViews): Found {
  const page = firstPage(model, scores);
  const work = new WorkReader(model);
  const isWork = (name: string) => WORK_PARAMETERS.find((each) => each === name);
  let notes: string | null = null;
  const on = (): OnPage => {
    const opened = onPage(views.open, work.work ?? undefined);
    return { ...opened, notes: notes ?? opened.notes };
  };
  const { question } = page;
  const lengths: Partial<Record<Side, number>> = {};
  const ordinal = (end: string) => model.ordinalOf.get(`${model.record.id}/${end}`);
  /** The id of a node of one of some kinds; null where there is none. */
  const idOf = (end: string, ...kinds: ("logit" | "feature")[]): string | null => {
    const node = ordinal(end);
    return node !== undefined && kinds.some((kind) => model.nodes.kind[node] === kind) ? (model.nodes.id[node] ?? null) : null;
  };
  const filtered = (filter: Filter, text: string): boolean => {
    const selector = known(model, filter, text);
    // No path is both through and around a node.
    if (selector === null || (filter === "avoid" && question.through.includes(selector))) return false;
    question[filter] = [...question[filter].filter((each) => each !== selector), selector];
    return true;
  };

  const lengthened = (side: Side, length: string): boolean => {
    if (isLength(length)) lengths[side] = Number(length);
    return isLength(length);
  };

  /** Each takes a value, or says that there is no such thing here. */
  const readers: Record<string, (value: string) => boolean> = {
    t: (end) => (question.target = idOf(end, "logit", "feature")) !== null,
    vs: (end) => (question.ratherThan = idOf(end, "logit")) !== null,
    score: (named) => {
      const score = scores.find(({ name }) => name === named);
      if (score) question.score = score.name;
      return score !== undefined;
    },
    by: (named) => {
      if (named === "none") question.grouped = false;
      // Other labels may count here than where the graph's groupings were told.
      else if (isGrouping(named) && (named === "label" || groupings(model).includes(named))) question.groupBy = named;
      else return false;
      return true;
    },
    groups: (value) => {
      if (isGroupCount(value)) question.groups = Number(value);
      return isGroupCount(value);
    },
    labels: (named) => {
      if (isLabelRule(named)) question.labels = named;
      return isLabelRule(named);
    },
    side: (named) => (question.side = SIDES.find((side) => side === named) ?? null) !== null,
    bos: (value) => (question.hideBos = value === "hide" && hasBos(model)),
    from: (text) => filtered("source", text),
    through: (text) => filtered("through", text),
    around: (text) => filtered("avoid", text),
    sign: (named) => {
      if (Object.hasOwn(SIGNS, named)) question.sign = named as Sign;
      return Object.hasOwn(SIGNS, named);
    },
    length: (text) => {
      const [, least = "", most = ""] = /^(\d+)-(\d*)$/.exec(text) ?? [];
      const isLengths = isBetween(least, 1, MAX_LENGTH) && (most === "" || isBetween(most, Number(least), MAX_LENGTH));
      if (isLengths) Object.assign(question, { minLength: Number(least), maxLength: most === "" ? null : Number(most) });
      return isLengths;
    },
    trace: (value) => (question.unpruned = value === "whole" && model.record.trace_id !== null),
    raises: (length) => lengthened("raises", length),
    lowers: (length) => lengthened("lowers", length),
    row: (value) => (page.row = rowIn(value)) !== null,
    sel: (text) => (page.selection = selectionIn(model, text, on())) !== null,
    tab: (named) => {
      page.tab = TABS.find((tab) => tab === named) ?? page.tab;
      return page.tab === named;
    },
    test: (id) => {
      if (isTestId(id)) page.test = id;
      return page.test === id;
    },
    draft: (text) => {
      const draft = withText(model, page.draft, text);
      page.draft = draft ?? page.draft;
      return draft !== null;
    },
    notes: (text) => {
      if (areAddressed(text)) notes = text;
      return notes === text;
    },
    view: (name) => name === (views.open?.name ?? ""),
    size: (named) => {
      if (named === "flow" || named === "influence") page.sizedBy = named;
      return named === page.sizedBy;
    },
    show: (share) => {
      const isShare = /^(0\.\d{1,2}|1)$/.test(share) && Number(share) > 0;
      if (isShare) page.budget = { ...page.budget, share: Number(share) };
      return isShare;
    },
    errors: (value) => {
      if (value === "drawn") page.budget = { ...page.budget, errors: true };
      return value === "drawn";
    },
  };

  // What is `through` is read first, wherever it stands; what names supernodes when these are known.
  const turn = (name: string): number => (name === "through" ? 0 : name === "expand" || name === "sel" ? 2 : 1);
  const entries = [...new URLSearchParams(search)].sort(([a], [b]) => turn(a) - turn(b));
  const isRead = (name: string, value: string): boolean => {
    if (isInside(name)) {
      const inside = withInside(page.inside, name, value, model.record.tokens.length);
      page.inside = inside ?? page.inside;
      return inside !== null;
    }
    const part = isWork(name);
    return part ? work.take(part, value) : Object.hasOwn(readers, name) && readers[name]?.(value) === true;
  };
  const leftOut = entries.filter(([name, value]) => !isRead(name, value)).map(([name, value]) => `${name}=${value}`);

  if (question.ratherThan !== null) {
    const first = model.nodes.id[logitsOf(model)[0] ?? -1] ?? null;
    question.target ??= first;
  }
  // What does not go together in an address does not on the page.
  const { ratherThan, side } = question;
  Object.assign(question, changed(question, {}));
  if (ratherThan !== question.ratherThan && ratherThan !== null) leftOut.push(`vs=${idEnd(model, ratherThan)}`);
  if (side !== question.side && side !== null) leftOut.push(`side=${side}`);
  const isListed = ({ side, member }: LitRow) => sidesOf(question).includes(side) && (member === null || isGrouped(question, scores));
  if (page.row && !isListed(page.row)) {
    leftOut.push(`row=${rowText(page.row)}`);
    page.row = null;
  }
  question.k = { ...firstCounts(question), ...lengths };
  return { page, on: on(), leftOut };
}
