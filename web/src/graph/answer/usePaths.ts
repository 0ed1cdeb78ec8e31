/** The ranked paths of a graph, fetched anew when the question changes. */
import { useEffect, useState } from "react";
import { asApiError, getPaths, type ApiError } from "../../api/client";
import type { PathsAnswer, PathsQuestion } from "../../api/types";
import { listKey } from "../question/question";

export interface Paths {
  /** The last answer, which is an earlier question's while `loading`. */
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

/** After a failure the list stays that `asked` would have made longer, but no other question's. */
function failed(before: Outcome, key: string, asked: PathsQuestion, error: ApiError): Outcome {
  const stays = before.question !== null && listKey(before.question) === listKey(asked);
  return { ...(stays ? before : NONE), key, error };
}

/** `question` must stay the same object until it changes. */
export function usePaths(id: string, question: PathsQuestion): Paths {
  const [outcome, setOutcome] = useState<Outcome>(NONE);
  const [attempt, setAttempt] = useState(0);
  const key = JSON.stringify([id, question, attempt]);

  useEffect(() => {
    const abort = new AbortController();
    getPaths(id, question, abort.signal).then(
      (answer) => setOutcome({ key, answer, question, error: null }),
      (reason: unknown) => {
        if (!abort.signal.aborted) setOutcome((before) => failed(before, key, question, asApiError(reason)));
      },
    );
    return () => abort.abort();
  }, [id, question, key]);

  return {
    answer: outcome.answer,
    question: outcome.question,
    loading: outcome.key !== key,
    error: outcome.key === key ? outcome.error : null,
    retry: () => setAttempt((before) => before + 1),
  };
}
