/** The jobs and graphs of the server, kept up to date while the first page is open. */
import { useCallback, useEffect, useReducer, useState } from "react";
import { asApiError, followJob, getGraphs, getJobs, type ApiError } from "../api/client";
import type { GraphRecord } from "../api/types";
import { isFinished, jobsAfter, NO_JOBS, unfinished, type JobsEvent, type JobsState } from "./jobs";

/** Milliseconds between two looks at the lists while something is going on, and while nothing is known to. */
const BUSY = 2000;
const IDLE = 8000;
/** A browser opens six connections to one server; streams must leave some for the rest. */
const STREAMS = 2;

export interface ServerLists {
  jobs: JobsState;
  tell: (event: JobsEvent) => void;
  /** Null until the server has answered once. */
  graphs: readonly GraphRecord[] | null;
  /** Why the lists could not be read the last time, or null. */
  error: ApiError | null;
  refresh: () => void;
}

export function useServerLists(): ServerLists {
  const [jobs, tell] = useReducer(jobsAfter, NO_JOBS);
  const [graphs, setGraphs] = useState<readonly GraphRecord[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => setRound((before) => before + 1), []);

  const finished = jobs.jobs.filter((job) => job.state === "done").length;
  const busy = unfinished(jobs).length > 0 || error !== null;

  useEffect(() => {
    let stopped = false;
    const look = async () => {
      try {
        const [jobsAnswer, graphsAnswer] = await Promise.all([getJobs(), getGraphs()]);
        if (stopped) return;
        tell({ type: "listed", jobs: jobsAnswer.jobs });
        setGraphs(graphsAnswer.graphs);
        setError(null);
      } catch (reason) {
        if (!stopped) setError(asApiError(reason));
      }
    };
    void look();
    const timer = window.setInterval(() => {
      if (!document.hidden) void look();
    }, busy ? BUSY : IDLE);
    const shown = () => {
      if (!document.hidden) void look();
    };
    document.addEventListener("visibilitychange", shown);
    return () => {
      stopped = true;
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", shown);
    };
    // A job that ended (`finished`) has left a graph: look at once.
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
    const stops = streamed.split(" ").map((id) => followJob(id, (job) => tell({ type: "changed", job })));
    return () => stops.forEach((stop) => stop());
  }, [streamed]);

  return { jobs, tell, graphs, error, refresh };
}
