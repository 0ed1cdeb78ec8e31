/** The page's lock: set while the server wants its token, when the page shows only the form for it. */
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
