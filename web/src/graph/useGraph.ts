/** A graph as it is stored and the scores that can rank its paths, fetched until the server answers. */
import { useCallback, useEffect, useState } from "react";
import { asApiError, getEdges, getGraph, getNodes, getScores, type ApiError } from "../api/client";
import { graphModel, type GraphModel } from "./model/model";
import type { Score } from "./question/scores";

/** Milliseconds between two attempts while the server does not answer. */
const PAUSE = 2500;

export interface OpenedGraph {
  model: GraphModel;
  scores: readonly Score[];
}

interface Outcome {
  opened: OpenedGraph | null;
  error: ApiError | null;
}

const OPENING: Outcome = { opened: null, error: null };

export function useGraph(id: string): Outcome & { retry: () => void } {
  const [outcome, setOutcome] = useState(OPENING);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    Promise.all([getGraph(id, signal), getNodes(id, signal), getEdges(id, signal), getScores()]).then(
      ([record, nodes, edges, { scores }]) =>
        setOutcome({ opened: { model: graphModel(record, nodes, edges), scores }, error: null }),
      (reason: unknown) => {
        if (!signal.aborted) setOutcome({ opened: null, error: asApiError(reason) });
      },
    );
    return () => abort.abort();
  }, [id, attempt]);

  const retry = useCallback(() => {
    setOutcome(OPENING);
    setAttempt((before) => before + 1);
  }, []);

  const unreachable = outcome.error?.unreachable ?? false;
  useEffect(() => {
    if (!unreachable) return;
    const timer = window.setTimeout(retry, PAUSE);
    return () => window.clearTimeout(timer);
  }, [unreachable, retry]);

  return { ...outcome, retry };
}
