/** What a job finds out: asked for, followed, and then read. */
import { useCallback, useEffect, useRef, useState } from "react";
import { asApiError, type ApiError } from "../../../api/client";
import type { Job } from "../../../api/types";
import { useRun, type Run } from "../../../shared/jobs/useRun";

interface Asked<Answer> {
  answer: Answer | null;
  /** The job, and that its answer is being read, or could not be. */
  run: Omit<Run, "start">;
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
  const { start, ...run } = useRun(onDone);
  const { dismiss: forget } = run;
  const ask = useCallback(
    (submit: () => Promise<Job>) => {
      setFailed(null);
      start(submit);
    },
    [start],
  );
  const dismiss = useCallback(() => {
    setFailed(null);
    forget();
  }, [forget]);
  // The answer is on its way when its job is done.
  const isRunning = run.isRunning || (run.job?.state === "done" && answer === null && failed === null);
  return { answer, run: { ...run, isRunning, error: failed ?? run.error, dismiss }, ask };
}
