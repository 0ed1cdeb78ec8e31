/** The state of a graph's page, as a pure function of what its reader did. */
import type { ApiError } from "../api/client";
import type { Inside } from "./internals/inside";
import type { Draft } from "./interventions/draft";
import { rowText, type Found, type PageState, type Tab } from "./address";
import { sameRow, type LitRow } from "./answer/rows";
import type { SizedBy } from "./drawing/prominence";
import type { Budget } from "./model/budget";
import { joined, selectionOf, supernodeAt, type Selection } from "./model/selection";
import { changed, lengthened, listKey, withFilter, type Filter, type PageQuestion } from "./question/question";
import { benchAfter, firstBench, type Bench, type BenchEvent } from "./work/bench";
import { placeOfSupernode } from "./work/work";

export interface GraphState extends PageState {
  /** The reader's work, with its undo and redo, which Back leaves alone. */
  bench: Bench;
  /** How often the reader has changed what the address says: the entries of the history that this page has made. */
  steps: number;
  /** The slider whose moves are the last step, however many there were; null: that was something else. */
  sliding: string | null;
  /** The parts of the address that this graph does not have. */
  leftOut: readonly string[];
  /** How often features got other names, or the stored supernodes changed, while the page is open. */
  revision: number;
  /** The last failure that the reader has not dismissed. */
  trouble: ApiError | null;
}

export type GraphEvent =
  | { type: "asked"; change: Partial<PageQuestion> }
  | { type: "filtered"; filter: Filter; id: string }
  | { type: "lengthened"; k: Partial<PageQuestion["k"]> }
  | { type: "lit"; row: LitRow }
  /** `tab`: what stands in the middle from then on; as before where it is left out. */
  | { type: "selected"; selection: Selection | null; tab?: Tab }
  /** A box was drawn about these nodes, or one was clicked. `adds`: they come to the selection. */
  | { type: "boxed"; nodes: readonly number[]; adds: boolean }
  | { type: "tabbed"; tab: Tab }
  /** In the tabs of the prompt's internals. */
  | { type: "looked"; change: Partial<Inside> }
  /** What the model turns out not to have: the selected head, or one of those that are shown. */
  | { type: "lacking"; inside: Inside; selection: Selection | null; leftOut: readonly string[] }
  | { type: "worked"; event: BenchEvent }
  | { type: "drafted"; draft: Draft }
  | { type: "tested"; test: string | null }
  | { type: "measured"; test: string }
  /** Tests of the work that the graph does not have. */
  | { type: "lost"; tests: readonly string[] }
  | { type: "escaped" }
  | { type: "sized"; by: SizedBy }
  | { type: "budgeted"; change: Partial<Budget> }
  | { type: "went"; to: Found }
  | { type: "missed"; row: LitRow }
  | { type: "noticed" }
  | { type: "named" }
  | { type: "moved"; row: LitRow | null }
  | { type: "failed"; error: ApiError }
  | { type: "dismissed" };

export const firstState = ({ page, on, leftOut }: Found): GraphState => ({
  ...page,
  bench: firstBench(on),
  leftOut,
  steps: 0,
  sliding: null,
  revision: 0,
  trouble: null,
});

/** What the reader does, each a step that Back takes back; the other events happen. */
const STEPS: ReadonlySet<GraphEvent["type"]> = new Set(["asked", "filtered", "lengthened", "lit", "selected", "boxed", "tabbed", "looked", "drafted", "tested", "measured", "escaped", "sized", "budgeted"]);

/** The slider that makes an event, or what moves as one. */
function sliderOf(event: GraphEvent): string | null {
  // What a test is set up with moves as a slider does: Back leaves the test.
  if (event.type === "drafted") return "draft";
  if (event.type === "looked") return Object.keys(event.change).join() === "title" ? "title" : null;
  if (event.type !== "budgeted" && event.type !== "asked") return null;
  const [name, ...others] = Object.keys(event.change);
  return others.length === 0 && (name === "share" || name === "groups") ? name : null;
}

/** What changes the Views that are stored. */
const STORED: ReadonlySet<BenchEvent["type"]> = new Set(["saved", "deleted"]);

const pageOf = ({ question, row, selection, tab, test, draft, inside, sizedBy, budget }: PageState): PageState => ({
  question,
  row,
  selection,
  tab,
  test,
  draft,
  inside,
  sizedBy,
  budget,
});
const isSamePage = (one: PageState, other: PageState): boolean => JSON.stringify(pageOf(one)) === JSON.stringify(pageOf(other));

/** A longer list keeps its lit row; another question has other rows. */
function asking(state: GraphState, question: PageQuestion): GraphState {
  return { ...state, question, row: listKey(question) === listKey(state.question) ? state.row : null };
}

/**
 * What is hidden is deselected, or it would stay in sight. A supernode stays selected under its new name, as the end of a
 * link, too, and not where it is gone.
 */
function selectionIn(selection: Selection | null, { on }: Bench, event: BenchEvent): Selection | null {
  if (event.type === "edited" && event.edit.type === "hidden") return null;
  if (selection?.kind !== "supernode" && selection?.kind !== "circuit-link") return selection;
  const renamed = event.type === "edited" && event.edit.type === "renamed" ? event.edit : null;
  const now = (before: string): string | null => {
    const name = renamed?.name === before ? renamed.to : before;
    return on.work.supernodes.some((one) => one.name === name) ? name : null;
  };
  if (selection.kind === "supernode") {
    const name = now(selection.name);
    return name === null ? null : { kind: "supernode", name };
  }
  const [source, target] = [selection.source, selection.target].map((end) => {
    const before = supernodeAt(end);
    const name = before === null ? null : now(before);
    return before === null ? end : name === null ? null : placeOfSupernode(name);
  });
  return source && target ? { kind: "circuit-link", source, target } : null;
}

export function stateAfter(state: GraphState, event: GraphEvent): GraphState {
  const next = after(state, event);
  if (!STEPS.has(event.type) || isSamePage(state, next)) return next;
  const sliding = sliderOf(event);
  const isOn = sliding !== null && sliding === state.sliding;
  return { ...next, sliding, steps: isOn ? state.steps : state.steps + 1 };
}

function after(state: GraphState, event: GraphEvent): GraphState {
  switch (event.type) {
    case "asked":
      return asking(state, changed(state.question, event.change));
    case "filtered":
      return asking(state, withFilter(state.question, event.filter, event.id));
    case "lengthened":
      return asking(state, lengthened(state.question, event.k));
    case "lit": // a lit row goes out at a second click
      return { ...state, row: sameRow(event.row, state.row) ? null : event.row, selection: null };
    case "selected":
      return { ...state, selection: event.selection, tab: event.tab ?? state.tab };
    case "boxed":
      return { ...state, selection: event.adds ? joined(state.selection, event.nodes) : selectionOf(event.nodes) };
    case "tabbed":
      return { ...state, tab: event.tab };
    case "looked":
      return { ...state, inside: { ...state.inside, ...event.change } };
    case "lacking":
      return { ...state, inside: event.inside, selection: event.selection, leftOut: [...state.leftOut, ...event.leftOut] };
    case "worked": {
      const bench = benchAfter(state.bench, event.event);
      if (bench === state.bench) return state;
      const revision = STORED.has(event.event.type) ? state.revision + 1 : state.revision;
      return { ...state, bench, revision, selection: selectionIn(state.selection, bench, event.event) };
    }
    case "drafted": // in place of the stored test that is shown
      return { ...state, draft: event.draft, test: null };
    case "tested":
      return { ...state, test: event.test, draft: null };
    case "measured": // a result that nobody waits for any more is among the View's tests
      return { ...state, bench: benchAfter(state.bench, event), test: state.draft === null ? state.test : event.test };
    case "lost":
      return { ...state, bench: benchAfter(state.bench, event), leftOut: [...state.leftOut, `tests=${event.tests.join(",")}`] };
    case "escaped": // out of the test first
      if (state.draft !== null || state.test !== null) return { ...state, test: null, draft: null };
      return { ...state, row: null, selection: null };
    case "sized":
      return { ...state, sizedBy: event.by };
    case "budgeted":
      return { ...state, budget: { ...state.budget, ...event.change } };
    case "went":
      // The work is not gone back in: what an entry says of it is how it was then.
      return { ...state, ...event.to.page, leftOut: event.to.leftOut.filter((part) => !part.startsWith("view=")), sliding: null };
    case "missed": // a row of the address that its list does not have, unless another is lit by now
      return sameRow(event.row, state.row) ? { ...state, row: null, leftOut: [...state.leftOut, `row=${rowText(event.row)}`] } : state;
    case "noticed":
      return { ...state, leftOut: [] };
    case "named":
      return { ...state, revision: state.revision + 1 };
    case "moved":
      return { ...state, row: event.row };
    case "failed":
      return { ...state, trouble: event.error };
    case "dismissed":
      return { ...state, trouble: null };
  }
}
