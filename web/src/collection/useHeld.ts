/** The graphs of a collection, a page after another. */
import { useState } from "react";
import { asApiError, getCollectionGraphs, type ApiError } from "../api/client";
import type { GraphsAnswer, ListedGraph } from "../api/types";
import { useAnswer } from "../shared/useAnswer";

const PAGE = 200;

export interface Held {
  /** Those that were read; null until the first page is there. */
  graphs: readonly ListedGraph[] | null;
  /** Reads the next page; null: these are all. */
  more: (() => void) | null;
  isReading: boolean;
  error: ApiError | null;
  again: () => void;
}

/** What was read after a first page. */
interface Later {
  first: GraphsAnswer;
  graphs: readonly ListedGraph[];
  next: string | null;
}

/** `stamp` changes with the graphs of the collection. */
export function useHeld(collection: string, stamp: string): Held {
  const { answer: first, error, loading, again } = useAnswer(JSON.stringify([collection, stamp]), (signal) => getCollectionGraphs(collection, null, PAGE, signal));
  const [later, setLater] = useState<Later | null>(null);
  const [isReading, setReading] = useState(false);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  if (first === null) return { graphs: null, more: null, isReading: loading, error, again };
  const read = later?.first === first ? later : { first, graphs: first.graphs, next: first.next };
  const more = () => {
    if (isReading || read.next === null) return;
    setReading(true);
    setTrouble(null);
    getCollectionGraphs(collection, read.next, PAGE)
      .then(
        (page) => setLater({ first, graphs: [...read.graphs, ...page.graphs], next: page.next }),
        (reason: unknown) => setTrouble(asApiError(reason)),
      )
      .finally(() => setReading(false));
  };
  return { graphs: read.graphs, more: read.next === null ? null : more, isReading, error: error ?? trouble, again: error ? again : more };
}
