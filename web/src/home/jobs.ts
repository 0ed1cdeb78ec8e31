/** The state of the jobs list, as a pure function of what the server has said. */
import type { Job } from "../api/types";

export interface JobsState {
  /** Newest first. */
  jobs: readonly Job[];
  /** The job submitted on this page whose graph is to be opened when it is there. */
  awaited: string | null;
}

export type JobsEvent =
  | { type: "listed"; jobs: readonly Job[] }
  | { type: "changed"; job: Job }
  | { type: "submitted"; job: Job }
  | { type: "opened" };

export const NO_JOBS: JobsState = { jobs: [], awaited: null };

export const PHASES = ["trace", "prune", "annotate", "load"] as const;

export const isFinished = (job: Job): boolean => job.state === "done" || job.state === "failed";

/** How far a job is: phases count in order, then units within one. Later news never has less. */
function advance(job: Job): number {
  if (isFinished(job)) return Infinity;
  if (job.state === "queued") return -1;
  const phase = job.phase ? PHASES.indexOf(job.phase) : 0;
  return phase + (job.total > 0 ? Math.min(job.done / job.total, 0.999) : 0);
}

/** The job as it is now: a poll that left before an event arrived must not take progress back. */
function newer(known: Job | undefined, said: Job): Job {
  return known && advance(known) > advance(said) ? known : said;
}

/** The job after an event about it, which is to be believed (a restarted server starts a phase again). */
function changed(known: Job, said: Job): Job {
  return isFinished(known) && !isFinished(said) ? known : said;
}

function replaced(jobs: readonly Job[], job: Job): readonly Job[] {
  const at = jobs.findIndex((known) => known.id === job.id);
  if (at < 0) return [job, ...jobs];
  return jobs.map((known, place) => (place === at ? changed(known, job) : known));
}

export function jobsAfter(state: JobsState, event: JobsEvent): JobsState {
  switch (event.type) {
    case "listed": {
      const known = new Map(state.jobs.map((job) => [job.id, job]));
      const listed = event.jobs.map((job) => newer(known.get(job.id), job));
      const ids = new Set(listed.map((job) => job.id));
      // What was submitted here after the list was asked for is not in it yet.
      const missing = state.jobs.filter((job) => job.id === state.awaited && !ids.has(job.id));
      return { ...state, jobs: [...missing, ...listed] };
    }
    case "changed":
      return { ...state, jobs: replaced(state.jobs, event.job) };
    case "submitted":
      return { jobs: replaced(state.jobs, event.job), awaited: event.job.id };
    case "opened":
      return { ...state, awaited: null };
  }
}

/** The graph that is to be opened now, if any. */
export function graphToOpen(state: JobsState): string | null {
  const job = state.jobs.find((known) => known.id === state.awaited);
  return job?.state === "done" ? (job.graph_id ?? null) : null;
}

export function unfinished(state: JobsState): readonly Job[] {
  return state.jobs.filter((job) => !isFinished(job));
}

/** Which phase a job is in (0 to 3), and the share of it that is done (0 to 1; null where unknown). */
export function progress(job: Job): { phase: number; within: number | null } {
  const phase = job.phase ? PHASES.indexOf(job.phase) : 0;
  return { phase, within: job.total > 0 ? Math.min(1, job.done / job.total) : null };
}
