/** The state of a graph's page, as a pure function of what its reader did. */
import type { ApiError } from "../api/client";
import { rowText, type Found, type PageState } from "./address";
import { sameRow, type LitRow } from "./answer/rows";
import type { SizedBy } from "./drawing/prominence";
import type { Budget } from "./model/budget";
import { changed, lengthened, listKey, withFilter, type Filter, type PageQuestion } from "./question/question";

export interface GraphState extends PageState {
  /** How often the reader has changed what the address says: the entries of the history that this page has made. */
  steps: number;
  /** The slider whose moves are the last step, however many there were; null: that was something else. */
  sliding: string | null;
  /** The parts of the address that this graph does not have. */
  leftOut: readonly string[];
  /** How often features got other names while the page is open. */
  revision: number;
  /** The last failure that the reader has not dismissed. */
  trouble: ApiError | null;
}

export type GraphEvent =
  | { type: "asked"; change: Partial<PageQuestion> }
  | { type: "filtered"; filter: Filter; id: string }
  | { type: "lengthened"; k: Partial<PageQuestion["k"]> }
  | { type: "lit"; row: LitRow }
  | { type: "picked"; node: number | null }
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

export const firstState = ({ page, leftOut }: Found): GraphState => ({ ...page, leftOut, steps: 0, sliding: null, revision: 0, trouble: null });

/** What the reader does, each a step that Back takes back; the other events happen. */
const STEPS: ReadonlySet<GraphEvent["type"]> = new Set(["asked", "filtered", "lengthened", "lit", "picked", "escaped", "sized", "budgeted"]);

/** The slider that makes an event. */
function sliderOf(event: GraphEvent): string | null {
  if (event.type !== "budgeted" && event.type !== "asked") return null;
  const [name, ...others] = Object.keys(event.change);
  return others.length === 0 && (name === "share" || name === "groups") ? name : null;
}

const pageOf = ({ question, row, node, sizedBy, budget }: PageState): PageState => ({ question, row, node, sizedBy, budget });
const isSamePage = (one: PageState, other: PageState): boolean => JSON.stringify(pageOf(one)) === JSON.stringify(pageOf(other));

/** A longer list keeps its lit row; another question has other rows. */
function asking(state: GraphState, question: PageQuestion): GraphState {
  return { ...state, question, row: listKey(question) === listKey(state.question) ? state.row : null };
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
      return { ...state, row: sameRow(event.row, state.row) ? null : event.row, node: null };
    case "picked":
      return { ...state, node: event.node };
    case "escaped":
      return { ...state, row: null, node: null };
    case "sized":
      return { ...state, sizedBy: event.by };
    case "budgeted":
      return { ...state, budget: { ...state.budget, ...event.change } };
    case "went":
      return { ...state, ...event.to.page, leftOut: event.to.leftOut, sliding: null };
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
