/** The internals of a graph's prompt: read once somebody wants them, computed by a job, deleted. */
import { useCallback, useEffect, useState } from "react";
import { asApiError, computeInternals, deleteInternals, getInternals, getInternalsCost, type ApiError } from "../../api/client";
import type { CostAnswer, InternalsAnswer, InternalsParameters } from "../../api/types";
import { useRun, type Run } from "../../shared/jobs/useRun";
import { useAnswer } from "../../shared/useAnswer";

export interface Internals {
  /** Null: they are not known, or not there. */
  answer: InternalsAnswer | null;
  /** Whether nobody has computed them. */
  isAbsent: boolean;
  /** Why they could not be read, or not deleted. */
  error: ApiError | null;
  again: () => void;
  /** What computing them takes; null: that is not known. */
  cost: CostAnswer | null;
  costError: ApiError | null;
  /** The options of the form that computes them; null: it is closed. */
  form: InternalsParameters | null;
  onForm: (options: InternalsParameters | null) => void;
  run: Run;
  compute: (options: InternalsParameters) => void;
  remove: () => void;
}

/** `isWanted`: whether what is shown needs them. They are not asked for before that. */
export function useInternals(graph: string, isWanted: boolean): Internals {
  const [wasWanted, setWanted] = useState(isWanted);
  if (isWanted && !wasWanted) setWanted(true);
  const [round, setRound] = useState(0);
  const asked = useAnswer(wasWanted ? `${graph} ${round}` : null, (signal) => getInternals(graph, signal));
  const isAbsent = asked.error?.error === "InternalsNotComputed";
  const [form, onForm] = useState<InternalsParameters | null>(null);
  const cost = useAnswer(isAbsent || form ? `${graph} ${round}` : null, (signal) => getInternalsCost(graph, signal));
  const [failed, setFailed] = useState<ApiError | null>(null);

  const readAgain = useCallback(() => {
    setFailed(null);
    setRound((before) => before + 1);
  }, []);
  const onDone = useCallback(() => {
    onForm(null);
    readAgain();
  }, [readAgain]);
  const run = useRun(onDone);
  const { start } = run;
  const compute = useCallback((options: InternalsParameters) => start(() => computeInternals(graph, options)), [graph, start]);
  const remove = useCallback(() => {
    deleteInternals(graph).then(readAgain, (reason: unknown) => setFailed(asApiError(reason)));
  }, [graph, readAgain]);
  // Whoever has them has no use for the form of those that there are not.
  useEffect(() => {
    if (isAbsent) onForm(null);
  }, [isAbsent]);

  return {
    answer: isAbsent ? null : asked.answer,
    isAbsent,
    error: failed ?? (isAbsent ? null : asked.error),
    again: readAgain,
    cost: cost.answer,
    costError: cost.error,
    form,
    onForm,
    run,
    compute,
    remove,
  };
}
