/** The ranked paths of a graph to one logit, asked anew when the question changes. */
import { useEffect, useState } from "react";
import { asApiError, getPaths, type ApiError, type PathsQuery } from "../../api/client";
import type { PathsAnswer } from "../../api/types";
import { listKey } from "../question/question";

export interface Paths {
  /** The last answer; of an earlier question while `loading`. */
  answer: PathsAnswer | null;
  /** The question that `answer` answers. */
  query: PathsQuery | null;
  loading: boolean;
  error: ApiError | null;
  retry: () => void;
}

interface Outcome {
  key: string;
  answer: PathsAnswer | null;
  query: PathsQuery | null;
  error: ApiError | null;
}

const NONE: Outcome = { key: "", answer: null, query: null, error: null };

/** What is left when a question fails: the list that it would have made longer, but no other question's. */
function failed({ answer, query }: Outcome, key: string, asked: PathsQuery, error: ApiError): Outcome {
  const stays = query !== null && listKey(query) === listKey(asked);
  return { key, error, ...(stays ? { answer, query } : { answer: null, query: null }) };
}

/** `query` stays the same object until it changes. */
export function usePaths(id: string, query: PathsQuery): Paths {
  const [outcome, setOutcome] = useState<Outcome>(NONE);
  const [attempt, setAttempt] = useState(0);
  const key = JSON.stringify([id, query, attempt]);

  useEffect(() => {
    const abort = new AbortController();
    getPaths(id, query, abort.signal).then(
      (answer) => setOutcome({ key, answer, query, error: null }),
      (reason: unknown) => {
        if (!abort.signal.aborted) setOutcome((before) => failed(before, key, query, asApiError(reason)));
      },
    );
    return () => abort.abort();
  }, [id, query, key]);

  return {
    answer: outcome.answer,
    query: outcome.query,
    loading: outcome.key !== key,
    error: outcome.key === key ? outcome.error : null,
    retry: () => setAttempt((before) => before + 1),
  };
}
