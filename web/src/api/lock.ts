/** Whether the server has asked for its token: the page then shows the form for it and nothing else. */
import { useSyncExternalStore } from "react";

let locked = false;
const watchers = new Set<() => void>();

export function setLocked(next: boolean): void {
  locked = next;
  watchers.forEach((watcher) => watcher());
}

export const isLocked = (): boolean => locked;

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useLocked(): boolean {
  return useSyncExternalStore(watch, isLocked);
}
