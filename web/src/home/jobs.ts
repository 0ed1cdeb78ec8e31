/** The state of the list of jobs, as a pure function of the server's answers and events. */
import type { Job } from "../api/types";

export interface JobsState {
  /** Newest first. */
  jobs: readonly Job[];
  /** The job submitted on this page, whose graph opens once it is stored. */
  awaited: string | null;
}

export type JobsEvent =
  | { type: "listed"; jobs: readonly Job[] }
  | { type: "changed"; job: Job }
  | { type: "submitted"; job: Job }
  | { type: "opened" };

export const NO_JOBS: JobsState = { jobs: [], awaited: null };

type Phase = NonNullable<Job["phase"]>;
const MAKING: readonly Phase[] = ["trace", "prune", "annotate", "load"];
const TESTING: readonly Phase[] = ["baseline", "intervene"];
const INSIDE: readonly Phase[] = ["internals"];

/** A job's phases: of a graph that is made, of work on a stored one, or of both, one after the other. */
export function phasesOf(job: Job): readonly Phase[] {
  if (job.kind === "intervene" || job.kind === "verify") return TESTING;
  if (job.kind === "internals") return INSIDE;
  const after = [TESTING, INSIDE].find((phases) => job.phase && phases.includes(job.phase));
  return after ? [...MAKING, ...after] : MAKING;
}

export const isFinished = (job: Job): boolean => job.state === "done" || job.state === "failed";

/** A job's progress as a number that grows: phases in order, then units within one. */
function advance(job: Job): number {
  if (isFinished(job)) return Infinity;
  if (job.state === "queued") return -1;
  const phase = job.phase ? phasesOf(job).indexOf(job.phase) : 0;
  return phase + (job.total > 0 ? Math.min(job.done / job.total, 0.999) : 0);
}

/** The later of two records: a poll sent before an event arrived may answer with a stale one. */
function newer(known: Job | undefined, listed: Job): Job {
  return known && advance(known) > advance(listed) ? known : listed;
}

/** The job after an event about it. An event may take progress back: a restarted server starts a phase again. */
function changed(known: Job, told: Job): Job {
  return isFinished(known) && !isFinished(told) ? known : told;
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
      // A job submitted here after the request for the list is not in it yet.
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

/** The awaited graph's id once it can be opened, or null. */
export function graphToOpen(state: JobsState): string | null {
  const job = state.jobs.find((known) => known.id === state.awaited);
  return job?.state === "done" ? (job.graph_id ?? null) : null;
}

export function unfinished(state: JobsState): readonly Job[] {
  return state.jobs.filter((job) => !isFinished(job));
}

/** The place of a job's phase among its phases, and the share of it that is done (0 to 1; null where unknown). */
export function progress(job: Job): { phase: number; within: number | null } {
  const phase = job.phase ? phasesOf(job).indexOf(job.phase) : 0;
  return { phase, within: job.total > 0 ? Math.min(1, job.done / job.total) : null };
}
