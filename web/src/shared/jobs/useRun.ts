/** A job: asked for, followed, cancelled, ended. */
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, asApiError, cancelJob, followJob } from "../../api/client";
import { isFinished } from "../../api/jobs";
import type { Job } from "../../api/types";

export interface Run {
  isRunning: boolean;
  /** The job as it was last told of; null: none was asked for, or it is not accepted yet. */
  job: Job | null;
  /** Why it was refused, has failed, or, while it runs, could not be cancelled. */
  error: ApiError | null;
  start: (submit: () => Promise<Job>) => void;
  /** Ends the job that runs. */
  cancel: () => void;
  /** Forgets how the last one ended, or that it could not be cancelled. */
  dismiss: () => void;
}

const IDLE = { isRunning: false, job: null, error: null };

/** `onDone` is called with a job that has stored its result. */
export function useRun(onDone: (job: Job) => void): Run {
  const [state, setState] = useState<Pick<Run, "isRunning" | "job" | "error">>(IDLE);
  const isRunning = useRef(false);
  /** Ends what the running job is followed by. */
  const stop = useRef<(() => void) | null>(null);
  /** Cancels the running job; null: it is not accepted yet, or is being cancelled. */
  const end = useRef<(() => void) | null>(null);
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
      let hasEnded = false;
      const told = (job: Job) => {
        if (hasEnded || isGone.current) return;
        hasEnded = isFinished(job);
        isRunning.current = !hasEnded;
        if (hasEnded) {
          stop.current?.();
          stop.current = end.current = null;
        }
        const error = job.state === "failed" ? failure(job) : null;
        setState((before) => ({ isRunning: !hasEnded, job, error: hasEnded ? error : before.error }));
        if (job.state === "done") onDone(job);
      };
      const follow = (job: Job) => {
        if (isGone.current) return;
        stop.current = followJob(job.id, told);
        const cancel = () => {
          end.current = null;
          cancelJob(job.id).then(told, (reason: unknown) => {
            if (hasEnded) return; // whatever ended it has been told
            end.current = cancel;
            setState((before) => ({ ...before, error: asApiError(reason) }));
          });
        };
        end.current = cancel;
      };
      submit().then(follow, (reason: unknown) => {
        isRunning.current = false;
        setState({ ...IDLE, error: asApiError(reason) });
      });
    },
    [onDone],
  );
  const cancel = useCallback(() => end.current?.(), []);
  const dismiss = useCallback(() => setState((before) => (before.isRunning ? { ...before, error: null } : IDLE)), []);
  return { ...state, start, cancel, dismiss };
}

const failure = ({ problem }: Job): ApiError =>
  new ApiError(-1, problem?.error ?? "JobFailed", problem?.detail ?? "It failed without saying why; the server's log does.");
