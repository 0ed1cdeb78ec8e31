/** The ranked paths of a graph to one logit, asked anew when the question changes. */
import { useEffect, useState } from "react";
import { asApiError, getPaths, type ApiError, type PathsQuestion } from "../api/client";
import type { PathsAnswer } from "../api/types";

export interface Paths {
  /** The last answer; of an earlier question while `loading`. */
  answer: PathsAnswer | null;
  /** The question that `answer` answers. */
  question: PathsQuestion | null;
  loading: boolean;
  error: ApiError | null;
  retry: () => void;
}

interface Outcome {
  key: string;
  answer: PathsAnswer | null;
  question: PathsQuestion | null;
  error: ApiError | null;
}

const NONE: Outcome = { key: "", answer: null, question: null, error: null };

export function usePaths(id: string, question: PathsQuestion): Paths {
  const [outcome, setOutcome] = useState<Outcome>(NONE);
  const [attempt, setAttempt] = useState(0);
  const { grouped, k, target } = question;
  const key = JSON.stringify([id, grouped, k, target, attempt]);

  useEffect(() => {
    const abort = new AbortController();
    const asked = { grouped, k, target };
    getPaths(id, asked, abort.signal).then(
      (answer) => setOutcome({ key, answer, question: asked, error: null }),
      (reason: unknown) => {
        if (!abort.signal.aborted) setOutcome((before) => ({ ...before, key, error: asApiError(reason) }));
      },
    );
    return () => abort.abort();
  }, [id, grouped, k, target, key]);

  return {
    answer: outcome.answer,
    question: outcome.question,
    loading: outcome.key !== key,
    error: outcome.key === key ? outcome.error : null,
    retry: () => setAttempt((before) => before + 1),
  };
}
