/** The internals of a graph's prompt: read once somebody wants them, computed by a job, deleted. */
import { useCallback, useState } from "react";
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
  /** The options of the form that computes them; null: they are the server's choice. */
  form: InternalsParameters | null;
  onForm: (options: InternalsParameters | null) => void;
  run: Run;
  compute: (options: InternalsParameters) => void;
  remove: () => void;
}

interface Known {
  cost: CostAnswer;
  answer: InternalsAnswer | null;
}

/** Asks what there is before it asks for it: what is not there is no error. */
async function read(graph: string, signal: AbortSignal): Promise<Known> {
  const cost = await getInternalsCost(graph, signal);
  return { cost, answer: cost.computed ? await getInternals(graph, signal) : null };
}

/** `isWanted`: whether what is shown needs them. They are not asked for before that. */
export function useInternals(graph: string, isWanted: boolean): Internals {
  const [wasWanted, setWanted] = useState(isWanted);
  if (isWanted && !wasWanted) setWanted(true);
  const [round, setRound] = useState(0);
  const asked = useAnswer(wasWanted ? `${graph} ${round}` : null, (signal) => read(graph, signal));
  const [form, onForm] = useState<InternalsParameters | null>(null);
  const [failed, setFailed] = useState<ApiError | null>(null);

  const again = useCallback(() => {
    setFailed(null);
    setRound((before) => before + 1);
  }, []);
  const onChanged = useCallback(() => {
    onForm(null);
    again();
  }, [again]);
  const run = useRun(onChanged);
  const { start } = run;
  const compute = useCallback((options: InternalsParameters) => start(() => computeInternals(graph, options)), [graph, start]);
  const remove = useCallback(() => {
    deleteInternals(graph).then(onChanged, (reason: unknown) => setFailed(asApiError(reason)));
  }, [graph, onChanged]);

  const known = asked.answer;
  return { answer: known?.answer ?? null, isAbsent: known !== null && known.answer === null, error: failed ?? asked.error, again, cost: known?.cost ?? null, form, onForm, run, compute, remove };
}
