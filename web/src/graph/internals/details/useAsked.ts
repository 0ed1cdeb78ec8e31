/** What a job finds out: asked for, followed, and then read. */
import { useCallback, useEffect, useRef, useState } from "react";
import { asApiError, type ApiError } from "../../../api/client";
import type { Job } from "../../../api/types";
import { useRun } from "../../../shared/jobs/useRun";

interface Asked<Answer> {
  answer: Answer | null;
  isRunning: boolean;
  job: Job | null;
  error: ApiError | null;
  ask: (submit: () => Promise<Job>) => void;
}

/** `first`: what is known already, or null. `read` is called once the job is done. */
export function useAsked<Answer>(first: Answer | null, read: () => Promise<Answer>): Asked<Answer> {
  const [answer, setAnswer] = useState(first);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  const onDone = useCallback(() => {
    read().then(
      (found) => {
        if (!isGone.current) setAnswer(found);
      },
      (reason: unknown) => {
        if (!isGone.current) setFailed(asApiError(reason));
      },
    );
  }, [read]);
  const { start, isRunning, job, error } = useRun(onDone);
  const ask = useCallback(
    (submit: () => Promise<Job>) => {
      setFailed(null);
      start(submit);
    },
    [start],
  );
  // The answer is on its way when its job is done.
  return { answer, isRunning: isRunning || (job?.state === "done" && answer === null && failed === null), job, error: failed ?? error, ask };
}
