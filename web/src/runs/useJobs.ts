/** A list of jobs, kept up to date while it is on the page: asked for again and again, and what runs is followed. */
import { useCallback, useEffect, useReducer, useState } from "react";
import { followJob, type ApiError } from "../api/client";
import { isFinished } from "../api/jobs";
import type { Job } from "../api/types";
import { useAnswer } from "../shared/useAnswer";
import { jobsAfter, NO_JOBS, unfinished, type JobsEvent, type JobsState } from "./jobs";

/** Milliseconds between two polls while a job is unfinished, and otherwise. */
export const BUSY = 2000;
export const IDLE = 8000;
/** Event streams at once. A browser opens six connections to one server, and other requests need some. */
const STREAMS = 2;

export interface ListedJobs {
  jobs: readonly Job[];
  /** Whether there are more than these. */
  isCut: boolean;
}

export interface Jobs {
  /** Of the list that was answered last, which is an earlier question's until this one is answered. */
  state: JobsState;
  dispatch: (event: JobsEvent) => void;
  /** Whether this question has had no answer yet. */
  loading: boolean;
  /** The failure of the last poll, or null. */
  error: ApiError | null;
  refresh: () => void;
}

/** `key`: tells the list that `ask` answers from others. */
export function useJobs(key: string, ask: (signal: AbortSignal) => Promise<ListedJobs>): Jobs {
  const [state, dispatch] = useReducer(jobsAfter, NO_JOBS);
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => setRound((before) => before + 1), []);
  const asked = JSON.stringify([key, round]);
  const { answer, loading, error } = useAnswer(asked, async (signal) => ({ ...(await ask(signal)), key }), unfinished(state).length > 0 ? BUSY : IDLE);
  useEffect(() => {
    if (answer) dispatch({ type: "listed", jobs: answer.jobs, isCut: answer.isCut });
  }, [answer]);

  const streamed = state.jobs
    .filter((job) => !isFinished(job) && (job.id === state.awaited || job.state === "running"))
    .sort((a, b) => Number(b.id === state.awaited) - Number(a.id === state.awaited))
    .slice(0, STREAMS)
    .map((job) => job.id)
    .sort()
    .join(" ");
  useEffect(() => {
    if (streamed === "") return;
    const stops = streamed.split(" ").map((id) => followJob(id, (job) => dispatch({ type: "changed", job })));
    return () => stops.forEach((stop) => stop());
  }, [streamed]);

  return { state, dispatch, loading: loading && answer?.key !== key, error, refresh };
}
