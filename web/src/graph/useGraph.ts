/** A graph as it is stored and the scores that can rank its paths, fetched until the server answers. */
import { getEdges, getGraph, getNodes, getScores } from "../api/client";
import { useAnswer, type Asked } from "../shared/useAnswer";
import { graphModel, type GraphModel } from "./model/model";
import type { Score } from "./question/scores";

export interface OpenedGraph {
  model: GraphModel;
  scores: readonly Score[];
}

async function open(id: string, signal: AbortSignal): Promise<OpenedGraph> {
  const [record, nodes, edges, { scores }] = await Promise.all([
    getGraph(id, signal),
    getNodes(id, signal),
    getEdges(id, signal),
    getScores(),
  ]);
  return { model: graphModel(record, nodes, edges), scores };
}

export const useGraph = (id: string): Asked<OpenedGraph> => useAnswer(id, (signal) => open(id, signal));
