/** The state of the list of jobs, as a pure function of the server's answers and events. */
import { isFinished } from "../api/jobs";
import type { Job } from "../api/types";

export interface JobsState {
  /** Newest first. */
  jobs: readonly Job[];
  /** The job submitted on this page, whose graph opens once it is stored. */
  awaited: string | null;
  /** Jobs that were queued on this page and that no list has had yet. */
  unlisted: ReadonlySet<string>;
  /** Whether there are more jobs than are listed. */
  isCut: boolean;
}

export type JobsEvent =
  | { type: "listed"; jobs: readonly Job[]; isCut: boolean }
  | { type: "changed"; job: Job }
  | { type: "submitted"; job: Job }
  /** Many prompts were queued at once, in their order. */
  | { type: "queued"; jobs: readonly Job[] }
  /** The job `id` was tried again, as another. */
  | { type: "retried"; id: string; job: Job }
  | { type: "opened" };

export const NO_JOBS: JobsState = { jobs: [], awaited: null, unlisted: new Set(), isCut: false };

type Phase = NonNullable<Job["phase"]>;
const MAKING: readonly Phase[] = ["trace", "prune", "annotate", "load"];
const TESTING: readonly Phase[] = ["baseline", "intervene"];
const INSIDE: readonly Phase[] = ["internals"];

/** What a job does in each phase. */
export const DOING: Record<Phase, string> = {
  trace: "Tracing",
  prune: "Pruning",
  annotate: "Looking up labels",
  load: "Storing",
  baseline: "Running the prompt",
  intervene: "Testing",
  internals: "Looking inside the model",
};

/** A job's phases: of a graph that is made, of work on a stored one, or of both, one after the other. */
export function phasesOf(job: Job): readonly Phase[] {
  if (job.kind === "intervene" || job.kind === "verify") return TESTING;
  if (job.kind === "internals") return INSIDE;
  const after = [TESTING, INSIDE].find((phases) => job.phase && phases.includes(job.phase));
  return after ? [...MAKING, ...after] : MAKING;
}

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

/** The state with jobs that were queued on this page, the newest first. */
function added(state: JobsState, jobs: readonly Job[], awaited: string | null): JobsState {
  const known = new Set(state.jobs.map(({ id }) => id));
  const unknown = jobs.filter(({ id }) => !known.has(id));
  return { ...state, jobs: [...unknown, ...state.jobs], awaited, unlisted: new Set([...state.unlisted, ...unknown.map(({ id }) => id)]) };
}

export function jobsAfter(state: JobsState, event: JobsEvent): JobsState {
  switch (event.type) {
    case "listed": {
      const known = new Map(state.jobs.map((job) => [job.id, job]));
      const listed = event.jobs.map((job) => newer(known.get(job.id), job));
      const ids = new Set(listed.map((job) => job.id));
      // A job queued here after the request for the list is not in it yet; the awaited one may be too old for it.
      const missing = state.jobs.filter(({ id }) => !ids.has(id) && (id === state.awaited || state.unlisted.has(id)));
      return { ...state, jobs: [...missing, ...listed], unlisted: new Set(), isCut: event.isCut };
    }
    case "changed":
      return { ...state, jobs: replaced(state.jobs, event.job) };
    case "submitted":
      return added(state, [event.job], event.job.id);
    case "queued":
      return added(state, event.jobs.toReversed(), state.awaited);
    case "retried":
      return added(state, [event.job], state.awaited === event.id ? event.job.id : state.awaited);
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

/** What a job's prompt says: of a chat its messages, since the template's own words are the same in all. */
export const promptText = ({ prompt, messages }: Job): string => messages?.map(({ role, content }) => `${role}: ${content}`).join(" · ") ?? prompt;

/** The place of a job's phase among its phases, and the share of it that is done (0 to 1; null where unknown). */
export function progress(job: Job): { phase: number; within: number | null } {
  const phase = job.phase ? phasesOf(job).indexOf(job.phase) : 0;
  return { phase, within: job.total > 0 ? Math.min(1, job.done / job.total) : null };
}

/** Milliseconds that ended jobs stay listed beside the graphs: what is done is among those, failures stay to be read. */
const STAYS: Record<string, number> = { cancelled: 3_600_000, failed: 24 * 3_600_000 };
const MOST_ENDED = 3;
const MOST_WAITING = 4;

export interface Shown {
  /** Those that run, then those that wait, the next first, then those that ended, the newest first. */
  jobs: readonly Job[];
  /** How many more wait. */
  more: number;
}

/** What a job was asked for, where its record says all of that: the making of a graph. */
const questionOf = ({ kind, prompt, model, transcoders, parameters, trace_id: trace }: Job): string | null =>
  kind === "trace" || kind === "prune" ? JSON.stringify([kind, prompt, model, transcoders, parameters, trace]) : null;

/** The jobs that a list shows at `now`. One without a graph is not among them once the same was asked again. */
export function shownJobs(jobs: readonly Job[], now: number): Shown {
  const asked = new Set<string>();
  const ended: Job[] = [];
  for (const job of jobs) {
    const question = questionOf(job);
    const isAskedAgain = question !== null && asked.has(question) && job.state !== "done";
    if (question !== null) asked.add(question);
    if (!isFinished(job) || isAskedAgain) continue;
    const age = now - new Date(job.finished_at ?? job.created_at).getTime();
    if (age < (STAYS[job.state] ?? 0)) ended.push(job);
  }
  const waiting = jobs.filter(({ state }) => state === "queued").reverse();
  return {
    jobs: [...jobs.filter(({ state }) => state === "running"), ...waiting.slice(0, MOST_WAITING), ...ended.slice(0, MOST_ENDED)],
    more: Math.max(0, waiting.length - MOST_WAITING),
  };
}
