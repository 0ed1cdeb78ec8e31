/** The jobs and graphs of the server, kept up to date while the first page is open. */
import { useCallback, useEffect, useReducer, useState } from "react";
import { followJob, getGraphs, getJobs, type ApiError } from "../api/client";
import type { GraphRecord } from "../api/types";
import { useAnswer } from "../shared/useAnswer";
import { isFinished, jobsAfter, NO_JOBS, unfinished, type JobsEvent, type JobsState } from "./jobs";

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

  // A job that ended has stored a graph, so the lists are asked for at once.
  const finished = jobs.jobs.filter((job) => job.state === "done").length;
  const { answer, error } = useAnswer(
    `${round} ${finished}`,
    () => Promise.all([getJobs(), getGraphs()]),
    unfinished(jobs).length > 0 ? BUSY : IDLE,
  );
  useEffect(() => {
    if (answer) dispatch({ type: "listed", jobs: answer[0].jobs });
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

  return { jobs, dispatch, graphs: answer?.[1].graphs ?? null, error, refresh };
}
