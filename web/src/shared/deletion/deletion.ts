/**
 * Graphs that are deleted and can be had back for a while: the server is told once the time for that is over, or the
 * page goes away, so that undo loses nothing.
 */
import { createContext, useContext } from "react";
import type { GraphRecord } from "../../api/types";

export type Deleted = Pick<GraphRecord, "id" | "name" | "prompt">;

export interface Deletion {
  /** Graphs that no list shows as they were: they are deleted soon, or being deleted. */
  deleted: ReadonlySet<string>;
  /** Grows with each deletion that the server has carried out. */
  done: number;
  remove: (graphs: readonly Deleted[]) => void;
  undo: () => void;
}

export const DeletionContext = createContext<Deletion>({ deleted: new Set(), done: 0, remove: () => undefined, undo: () => undefined });

export const useDeletion = (): Deletion => useContext(DeletionContext);
