/** The jobs, graphs and collections of the server, kept up to date while the first page is open. */
import { useCallback, useEffect, useReducer, useState } from "react";
import { asApiError, followJob, getCollections, getGraphs, getJobs, NEWEST_JOBS, type ApiError } from "../api/client";
import { isFinished } from "../api/jobs";
import type { CollectionRecord, GraphRecord, GraphsAnswer } from "../api/types";
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
  collections: readonly CollectionRecord[];
  /** The failure of the last poll, or null. */
  error: ApiError | null;
  refresh: () => void;
}

/** A collection that is not there, any more, has no graphs. */
const noneIfGone = (reason: unknown): GraphsAnswer => {
  if (asApiError(reason).error === "CollectionNotFound") return { graphs: [], next: null };
  throw reason;
};

/** `collection`: whose graphs are listed; null: all. */
export function useServerLists(collection: string | null): ServerLists {
  const [jobs, dispatch] = useReducer(jobsAfter, NO_JOBS);
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => setRound((before) => before + 1), []);

  // A job that ended may have stored a graph, so the lists are asked for at once.
  const finished = jobs.jobs.filter(isFinished).length;
  const { answer, error } = useAnswer(
    JSON.stringify([round, finished, collection]),
    async (signal) => {
      const [newest, running, graphs, collections] = await Promise.all([
        getJobs(signal),
        getJobs(signal, ["running"]),
        getGraphs(collection).catch(noneIfGone),
        getCollections(signal),
      ]);
      return { newest: newest.jobs, running: running.jobs, graphs: graphs.graphs, collections: collections.collections, of: collection };
    },
    unfinished(jobs).length > 0 ? BUSY : IDLE,
  );
  useEffect(() => {
    if (!answer) return;
    const { newest, running } = answer;
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

  // The last answer may be of the collection that was shown before.
  const graphs = answer?.of === collection ? answer.graphs : null;
  return { jobs, dispatch, graphs, collections: answer?.collections ?? [], error, refresh };
}
