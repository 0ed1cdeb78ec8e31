/** Which tests belong to the open View, or to work that no View has yet. */
import { useEffect, useRef } from "react";
import type { Intervention } from "../../api/types";
import type { Tests } from "./useTests";

export interface InView {
  /** Ids, in the View's order. */
  tests: readonly string[];
  /** The View's name; null: none is open. */
  name: string | null;
  onAdd: (id: string) => void;
  onTakeOut: (id: string) => void;
}

/** The View in a sentence. */
export const viewText = (name: string | null): string => (name === null ? "your work, not saved yet" : `the View “${name}”`);

/** A graph's tests: those of the View in its order, and the others, newest first. */
export function parted(all: readonly Intervention[], named: readonly string[]): { own: Intervention[]; others: Intervention[] } {
  const byId = new Map(all.map((test) => [test.id, test]));
  const own = new Set(named);
  return { own: named.flatMap((id) => byId.get(id) ?? []), others: all.filter(({ id }) => !own.has(id)) };
}

/** Those of some ids that a list does not have. */
export const unknownOf = (named: readonly string[], all: readonly Intervention[]): string[] => {
  const known = new Set(all.map(({ id }) => id));
  return named.filter((id) => !known.has(id));
};

/** Tells of tests that are named and that the graph does not have, by a list that was read since they were named. */
export function useLost({ interventions, isRead, readAgain }: Tests, named: readonly string[], onLost: (ids: readonly string[]) => void): void {
  const looked = useRef(new Set<string>());
  useEffect(() => {
    if (interventions === null || !isRead) return;
    const unknown = unknownOf(named, interventions);
    if (unknown.length === 0) return;
    // Somebody else may have run them after the list was read.
    const isSure = unknown.every((id) => looked.current.has(id));
    looked.current = new Set(isSure ? [] : unknown);
    if (isSure) onLost(unknown);
    else readAgain();
  }, [interventions, isRead, named, readAgain, onLost]);
}
