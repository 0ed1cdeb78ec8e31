/** A job: asked for, followed, ended. */
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, asApiError, followJob } from "../../api/client";
import type { Job } from "../../api/types";

export interface Run {
  isRunning: boolean;
  /** The job as it was last told of; null: none was asked for, or it is not accepted yet. */
  job: Job | null;
  /** Why it was refused, or has failed. */
  error: ApiError | null;
  start: (submit: () => Promise<Job>) => void;
  /** Forgets why the last one failed. */
  dismiss: () => void;
}

const IDLE = { isRunning: false, job: null, error: null };

/** `onDone` is called with a job that has stored its result. */
export function useRun(onDone: (job: Job) => void): Run {
  const [state, setState] = useState<Omit<Run, "start" | "dismiss">>(IDLE);
  const isRunning = useRef(false);
  const stop = useRef<(() => void) | null>(null);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      stop.current?.();
    };
  }, []);

  const start = useCallback(
    (submit: () => Promise<Job>) => {
      if (isRunning.current) return;
      isRunning.current = true;
      setState({ ...IDLE, isRunning: true });
      const told = (job: Job) => {
        isRunning.current = job.state !== "done" && job.state !== "failed";
        const error = job.state === "failed" ? failure(job) : null;
        setState({ isRunning: isRunning.current, job, error });
        if (job.state === "done") onDone(job);
      };
      submit().then(
        (job) => {
          if (!isGone.current) stop.current = followJob(job.id, told);
        },
        (reason: unknown) => {
          isRunning.current = false;
          setState({ ...IDLE, error: asApiError(reason) });
        },
      );
    },
    [onDone],
  );
  const dismiss = useCallback(() => setState((before) => (before.isRunning ? before : IDLE)), []);
  return { ...state, start, dismiss };
}

const failure = ({ problem }: Job): ApiError =>
  new ApiError(-1, problem?.error ?? "JobFailed", problem?.detail ?? "It failed without saying why; the server's log does.");
