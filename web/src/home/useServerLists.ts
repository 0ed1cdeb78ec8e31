/** The jobs and graphs of the server, kept up to date while the first page is open. */
import { useCallback, useEffect, useReducer, useState } from "react";
import { asApiError, followJob, getGraphs, getJobs, type ApiError } from "../api/client";
import type { GraphRecord } from "../api/types";
import { isFinished, jobsAfter, NO_JOBS, unfinished, type JobsEvent, type JobsState } from "./jobs";

/** Milliseconds between two polls while a job is unfinished or the server is away, and otherwise. */
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
  const [graphs, setGraphs] = useState<readonly GraphRecord[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => setRound((before) => before + 1), []);

  const finished = jobs.jobs.filter((job) => job.state === "done").length;
  const busy = unfinished(jobs).length > 0 || error !== null;

  useEffect(() => {
    let stopped = false;
    const poll = async () => {
      try {
        const [jobsAnswer, graphsAnswer] = await Promise.all([getJobs(), getGraphs()]);
        if (stopped) return;
        dispatch({ type: "listed", jobs: jobsAnswer.jobs });
        setGraphs(graphsAnswer.graphs);
        setError(null);
      } catch (reason) {
        if (!stopped) setError(asApiError(reason));
      }
    };
    void poll();
    const timer = window.setInterval(() => {
      if (!document.hidden) void poll();
    }, busy ? BUSY : IDLE);
    const shown = () => {
      if (!document.hidden) void poll();
    };
    document.addEventListener("visibilitychange", shown);
    return () => {
      stopped = true;
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", shown);
    };
    // `finished`: a job that ended has stored a graph, so poll at once.
  }, [round, busy, finished]);

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

  return { jobs, dispatch, graphs, error, refresh };
}
