/** A graph as it is stored and the scores that can rank its paths, fetched until the server answers. */
import { useMemo } from "react";
import { getEdges, getGraph, getNodes, getScores, type ApiError } from "../api/client";
import type { LabelRule } from "../api/types";
import { useAnswer, type Asked } from "../shared/useAnswer";
import { graphModel, renamed, type GraphModel } from "./model/model";
import type { Score } from "./question/scores";

export interface OpenedGraph {
  model: GraphModel;
  scores: readonly Score[];
  /** The rule by which the model's nodes are named. */
  labels: LabelRule;
}

async function open(id: string, labels: LabelRule, signal: AbortSignal): Promise<OpenedGraph> {
  const [record, nodes, edges, { scores }] = await Promise.all([
    getGraph(id, labels, signal),
    getNodes(id, labels, signal),
    getEdges(id, signal),
    getScores(),
  ]);
  return { model: graphModel(record, nodes, edges), scores, labels };
}

export const useGraph = (id: string, labels: LabelRule): Asked<OpenedGraph> =>
  useAnswer(id, (signal) => open(id, labels, signal));

interface Named {
  model: GraphModel;
  /** Why the names could not be read again. */
  error: ApiError | null;
  again: () => void;
}

/** The opened graph with its nodes named by a rule, read again after every `revision` of names. */
export function useNames(opened: OpenedGraph, labels: LabelRule, revision: number): Named {
  const isAsOpened = revision === 0 && labels === opened.labels;
  const { answer, error, again } = useAnswer(isAsOpened ? null : JSON.stringify([labels, revision]), (signal) =>
    getNodes(opened.model.record.id, labels, signal),
  );
  const model = useMemo(
    () => (isAsOpened || answer === null ? opened.model : renamed(opened.model, answer)),
    [opened, isAsOpened, answer],
  );
  return { model, error, again };
}
