/** The state of a graph's page, as a pure function of what its reader did. */
import type { ApiError } from "../api/client";
import type { LabelRule } from "../api/types";
import { sameRow, type LitRow } from "./answer/rows";
import type { SizedBy } from "./drawing/prominence";
import type { GraphModel } from "./model/model";
import { changed, firstQuestion, lengthened, listKey, withFilter, type Filter, type PageQuestion, type Side } from "./question/question";
import type { Score } from "./question/scores";

export interface GraphState {
  question: PageQuestion;
  /** The lit row of one of the lists, or null. */
  row: LitRow | null;
  /** The ordinal of the node whose details are open, or null. */
  node: number | null;
  sizedBy: SizedBy;
  /** How often features got other names while the page is open. */
  revision: number;
  /** The last failure that the reader has not dismissed. */
  trouble: ApiError | null;
}

export type GraphEvent =
  | { type: "asked"; change: Partial<PageQuestion> }
  | { type: "filtered"; filter: Filter; id: string }
  | { type: "lengthened"; side: Side; k: number }
  | { type: "lit"; row: LitRow }
  | { type: "picked"; node: number | null }
  | { type: "escaped" }
  | { type: "named" }
  | { type: "moved"; row: LitRow | null }
  | { type: "sized"; by: SizedBy }
  | { type: "failed"; error: ApiError }
  | { type: "dismissed" };

export const firstState = (model: GraphModel, scores: readonly Score[], labels: LabelRule): GraphState => ({
  question: { ...firstQuestion(model, scores), labels },
  row: null,
  node: null,
  sizedBy: "flow",
  revision: 0,
  trouble: null,
});

/** A longer list keeps its lit row; another question has other rows. */
function asking(state: GraphState, question: PageQuestion): GraphState {
  return { ...state, question, row: listKey(question) === listKey(state.question) ? state.row : null };
}

export function stateAfter(state: GraphState, event: GraphEvent): GraphState {
  switch (event.type) {
    case "asked":
      return asking(state, changed(state.question, event.change));
    case "filtered":
      return asking(state, withFilter(state.question, event.filter, event.id));
    case "lengthened":
      return asking(state, lengthened(state.question, event.side, event.k));
    case "lit": // a lit row goes out at a second click
      return { ...state, row: sameRow(event.row, state.row) ? null : event.row, node: null };
    case "picked":
      return { ...state, node: event.node };
    case "escaped":
      return { ...state, row: null, node: null };
    case "named":
      return { ...state, revision: state.revision + 1 };
    case "moved":
      return { ...state, row: event.row };
    case "sized":
      return { ...state, sizedBy: event.by };
    case "failed":
      return { ...state, trouble: event.error };
    case "dismissed":
      return { ...state, trouble: null };
  }
}
