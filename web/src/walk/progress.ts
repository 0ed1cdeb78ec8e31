/** Where the walk stands, in this tab: a reload, and Back, find it there. And whether its offer was declined, in this browser. */
import { useSyncExternalStore } from "react";
import { N_STEPS } from "./steps";

export interface Progress {
  /** The id of the graph that the walk goes through. */
  graph: string;
  /** From 0. */
  step: number;
}

const PROGRESS = "circuit-explorer-walk";
const DECLINED = "circuit-explorer-walk-declined";

/** What was kept of a walk; null: none is under way, or it is none of ours. */
export function progressIn(text: string | null): Progress | null {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    if (typeof kept !== "object" || kept === null || !("graph" in kept) || !("step" in kept)) return null;
    const { graph, step } = kept;
    const isStep = typeof step === "number" && Number.isInteger(step) && step >= 0 && step < N_STEPS;
    return typeof graph === "string" && graph !== "" && isStep ? { graph, step } : null;
  } catch {
    return null;
  }
}

/** Without storage, a walk and a declined offer last until the page is left. */
function kept(storage: () => Storage, key: string): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

function keep(storage: () => Storage, key: string, text: string | null): void {
  try {
    if (text === null) storage().removeItem(key);
    else storage().setItem(key, text);
  } catch {
    // as above
  }
}

interface State {
  progress: Progress | null;
  isDeclined: boolean;
}

let state: State | null = null;
const listeners = new Set<() => void>();

const now = (): State =>
  (state ??= { progress: progressIn(kept(() => sessionStorage, PROGRESS)), isDeclined: kept(() => localStorage, DECLINED) !== null });

function change(part: Partial<State>): void {
  state = { ...now(), ...part };
  keep(() => sessionStorage, PROGRESS, state.progress && JSON.stringify(state.progress));
  keep(() => localStorage, DECLINED, state.isDeclined ? "yes" : null);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useWalk = (): State => useSyncExternalStore(subscribe, now);

/** Whoever has begun it needs no further offer. */
export const begin = (graph: string): void => change({ progress: { graph, step: 0 }, isDeclined: true });
export const goTo = (progress: Progress, step: number): void => change({ progress: { ...progress, step } });
export const end = (): void => change({ progress: null });
export const decline = (): void => change({ isDeclined: true });
