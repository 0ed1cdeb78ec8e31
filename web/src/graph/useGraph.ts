/** A graph as it is stored and the scores that can rank its paths, fetched until the server answers. */
import { useMemo } from "react";
import { getEdges, getGraph, getNodes, getScores, getView, getViews, type ApiError } from "../api/client";
import type { LabelRule } from "../api/types";
import { useAnswer, type Asked } from "../shared/useAnswer";
import { startPainter } from "./drawing/links/painter";
import { graphModel, renamed, type GraphModel } from "./model/model";
import type { OpenedViews } from "./address";
import type { Score } from "./question/scores";
import { openView } from "./work/views";

export interface OpenedGraph {
  model: GraphModel;
  scores: readonly Score[];
  /** The rule by which the model's nodes are named. */
  labels: LabelRule;
  views: OpenedViews;
}

async function open(id: string, labels: LabelRule, view: string | null, signal: AbortSignal): Promise<OpenedGraph> {
  startPainter();
  const [record, nodes, edges, { scores }, views] = await Promise.all([
    getGraph(id, labels, signal),
    getNodes(id, labels, null, signal),
    getEdges(id, signal),
    getScores(),
    getViews(id, signal),
  ]);
  const named = view ?? views.default;
  const isThere = views.views.some(({ name }) => name === named);
  const answer = named !== null && isThere ? await getView(id, named, signal) : null;
  const model = graphModel(record, nodes, edges);
  return { model, scores, labels, views: { first: views.default, open: answer && openView(model, answer) } };
}

/** `view`: the View to open, as `viewIn` reads it. */
export const useGraph = (id: string, labels: LabelRule, view: string | null): Asked<OpenedGraph> =>
  useAnswer(id, (signal) => open(id, labels, view, signal));

interface Named {
  model: GraphModel;
  /** Why the names could not be read again. */
  error: ApiError | null;
  again: () => void;
}

/** The opened graph with its nodes named by a rule, in the supernodes of a View; read again after every `revision` of these. */
export function useNames(opened: OpenedGraph, labels: LabelRule, view: string | null, revision: number): Named {
  const isAsOpened = revision === 0 && labels === opened.labels && view === null;
  const { answer, error, again } = useAnswer(isAsOpened ? null : JSON.stringify([labels, view, revision]), (signal) =>
    getNodes(opened.model.record.id, labels, view, signal),
  );
  const model = useMemo(
    () => (isAsOpened || answer === null ? opened.model : renamed(opened.model, answer)),
    [opened, isAsOpened, answer],
  );
  return { model, error, again };
}
