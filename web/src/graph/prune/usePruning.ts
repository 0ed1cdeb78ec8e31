/** Pruning a graph's whole trace again: the job, and the graph that it made. It goes on while its dialog is closed. */
import { useCallback, useState } from "react";
import { getGraph, pruneGraph } from "../../api/client";
import type { GraphAnswer, Job, Thresholds } from "../../api/types";
import { useRun, type Run } from "../../shared/jobs/useRun";
import { DEFAULT_LABELS } from "../../shared/labels/origin";
import { useAnswer } from "../../shared/useAnswer";

export interface Pruning {
  run: Run;
  /** The id of the graph that the last one made; null: there was none. */
  made: string | null;
  /** The graph, once it is read. */
  graph: GraphAnswer | null;
  start: (thresholds: Thresholds) => void;
}

export function usePruning(id: string): Pruning {
  const [made, setMade] = useState<string | null>(null);
  const run = useRun(useCallback((job: Job) => setMade(job.graph_id ?? null), []));
  const { answer } = useAnswer(made === id ? null : made, (signal) => getGraph(made ?? "", DEFAULT_LABELS, signal));
  const start = (thresholds: Thresholds) => {
    setMade(null);
    run.start(() => pruneGraph(id, thresholds));
  };
  return { run, made, graph: answer?.id === made ? answer : null, start };
}
