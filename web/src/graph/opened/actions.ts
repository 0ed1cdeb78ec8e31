/**
 * What the panels tell the page. Each is one function for as long as the page is open, so that a panel of which nothing
 * else has changed is not rendered again.
 */
import { useMemo, type Dispatch } from "react";
import type { ApiError } from "../../api/client";
import type { LabelChange } from "../../feature/feature";
import type { Tab } from "../address";
import type { LitRow } from "../answer/rows";
import type { SizedBy } from "../drawing/prominence";
import { draftOf, wholeDraft, type Draft } from "../interventions/draft";
import type { Cell, Head, Inside } from "../internals/inside";
import type { Lacking } from "../internals/lacking";
import type { Budget } from "../model/budget";
import { selectionOf, type Selection } from "../model/selection";
import type { Subject } from "../model/testable";
import type { Filter, PageQuestion } from "../question/question";
import type { GraphEvent } from "../state";
import type { BenchEvent } from "../work/bench";
import type { Edit } from "../work/work";

export type Actions = ReturnType<typeof actions>;

export const useActions = (dispatch: Dispatch<GraphEvent>): Actions => useMemo(() => actions(dispatch), [dispatch]);

const actions = (dispatch: Dispatch<GraphEvent>) => ({
  // The question and its answers
  onChange: (change: Partial<PageQuestion>) => dispatch({ type: "asked", change }),
  onFilter: (filter: Filter, id: string) => dispatch({ type: "filtered", filter, id }),
  onLonger: (k: Partial<PageQuestion["k"]>) => dispatch({ type: "lengthened", k }),
  onLight: (row: LitRow) => dispatch({ type: "lit", row }),
  onMoved: (row: LitRow | null) => dispatch({ type: "moved", row }),
  onMissed: (row: LitRow) => dispatch({ type: "missed", row }),
  // The selection
  onSelect: (selection: Selection | null) => dispatch({ type: "selected", selection }),
  onPick: (node: number | null) => dispatch({ type: "selected", selection: node === null ? null : { kind: "node", node } }),
  onNodes: (nodes: readonly number[]) => dispatch({ type: "selected", selection: selectionOf(nodes) }),
  onLink: (edge: number) => dispatch({ type: "selected", selection: { kind: "link", edge } }),
  onHead: (head: Head | null, cell: Cell | null = null) =>
    dispatch({ type: "selected", selection: head && { kind: "head", layer: head.layer, head: head.head, cell } }),
  /** The same, with what the head looked at in sight. */
  onPattern: (head: Head, cell: Cell) =>
    dispatch({ type: "selected", selection: { kind: "head", layer: head.layer, head: head.head, cell }, tab: "attention" }),
  onBox: (nodes: readonly number[], adds: boolean) => dispatch({ type: "boxed", nodes, adds }),
  onEscape: () => dispatch({ type: "escaped" }),
  // The reader's work
  onBench: (event: BenchEvent) => dispatch({ type: "worked", event }),
  onEdit: (edit: Edit) => dispatch({ type: "worked", event: { type: "edited", edit } }),
  onNotes: (notes: string) => dispatch({ type: "worked", event: { type: "noted", notes } }),
  onLabelled: (label: LabelChange) => dispatch({ type: "worked", event: { type: "labelled", label } }),
  onNamed: () => dispatch({ type: "named" }),
  // Tests
  onTest: (subjects: readonly Subject[]) => dispatch({ type: "drafted", draft: draftOf(subjects) }),
  onSwap: () => dispatch({ type: "drafted", draft: wholeDraft() }),
  onDraft: (draft: Draft) => dispatch({ type: "drafted", draft }),
  onTested: (test: string | null) => dispatch({ type: "tested", test }),
  onMeasured: (test: string) => dispatch({ type: "measured", test }),
  onTestDeleted: (test: string) => dispatch({ type: "worked", event: { type: "lost", tests: [test] } }),
  onLost: (tests: readonly string[]) => dispatch({ type: "lost", tests }),
  onKeepTest: (test: string) => dispatch({ type: "worked", event: { type: "edited", edit: { type: "tested", tests: [test] } } }),
  onTakeOutTest: (test: string) => dispatch({ type: "worked", event: { type: "edited", edit: { type: "untested", tests: [test] } } }),
  // The page
  onInside: (change: Partial<Inside>) => dispatch({ type: "looked", change }),
  onLacking: (found: Lacking) => dispatch({ type: "lacking", ...found }),
  onTab: (tab: Tab) => dispatch({ type: "tabbed", tab }),
  onSizedBy: (by: SizedBy) => dispatch({ type: "sized", by }),
  onBudget: (change: Partial<Budget>) => dispatch({ type: "budgeted", change }),
  onNoticed: () => dispatch({ type: "noticed" }),
  onError: (error: ApiError) => dispatch({ type: "failed", error }),
  onDismiss: () => dispatch({ type: "dismissed" }),
});
