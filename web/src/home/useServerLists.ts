/** The jobs and graphs of the server, kept up to date while the first page is open. */
import { useCallback, useEffect, useReducer, useState } from "react";
import { followJob, getGraphs, getJobs, NEWEST_JOBS, type ApiError } from "../api/client";
import { isFinished } from "../api/jobs";
import type { GraphRecord } from "../api/types";
import { useAnswer } from "../shared/useAnswer";
import { jobsAfter, NO_JOBS, unfinished, type JobsEvent, type JobsState } from "./jobs";

/** Milliseconds between two polls while a job is unfinished, and otherwise. */
const BUSY = 2000;
const IDLE = 8000;
/** Event streams at once. A browser opens six connections to one server, and other requests need some. */
const STREAMS = 2;

export interface ServerLists {
  jobs: JobsState;
  dispatch: (event: JobsEvent) => void;
  /** Null until the server has answered once. */
  graphs: readonly GraphRecord[] | null;
  /** The failure of the last poll, or null. */
  error: ApiError | null;
  refresh: () => void;
}

export function useServerLists(): ServerLists {
  const [jobs, dispatch] = useReducer(jobsAfter, NO_JOBS);
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => setRound((before) => before + 1), []);

  // A job that ended may have stored a graph, so the lists are asked for at once.
  const finished = jobs.jobs.filter(isFinished).length;
  const { answer, error } = useAnswer(
    `${round} ${finished}`,
    (signal) => Promise.all([getJobs(signal), getJobs(signal, ["running"]), getGraphs()]),
    unfinished(jobs).length > 0 ? BUSY : IDLE,
  );
  useEffect(() => {
    if (!answer) return;
    const [{ jobs: newest }, { jobs: running }] = answer;
    const ids = new Set(newest.map(({ id }) => id));
    // Where thousands wait, what runs is not among the newest.
    dispatch({ type: "listed", jobs: [...newest, ...running.filter(({ id }) => !ids.has(id))], isCut: newest.length === NEWEST_JOBS });
  }, [answer]);

  const streamed = jobs.jobs
    .filter((job) => !isFinished(job) && (job.id === jobs.awaited || job.state === "running"))
    .sort((a, b) => Number(b.id === jobs.awaited) - Number(a.id === jobs.awaited))
    .slice(0, STREAMS)
    .map((job) => job.id)
    .sort()
    .join(" ");

  useEffect(() => {
    if (streamed === "") return;
    const stops = streamed.split(" ").map((id) => followJob(id, (job) => dispatch({ type: "changed", job })));
    return () => stops.forEach((stop) => stop());
  }, [streamed]);

  return { jobs, dispatch, graphs: answer?.[2].graphs ?? null, error, refresh };
}
