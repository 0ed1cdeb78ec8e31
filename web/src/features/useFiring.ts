/** The graphs in which a feature fires, a page after the other. */
import { useRef, useState } from "react";
import { getFeatureGraphs, type FeatureName } from "../api/client";
import type { FeatureSort, FiringGraph } from "../api/types";
import { useAnswer, type Asked } from "../shared/useAnswer";

/** Graphs of a page. */
export const PAGE = 50;

interface Listed {
  /** What was asked for, apart from the number of pages. */
  of: string;
  graphs: FiringGraph[];
  n_pages: number;
  next: string | null;
}

export interface Firing extends Omit<Asked<Listed>, "answer"> {
  /** Of the present order, or of the one before while this one is on its way; null: there are none yet. */
  graphs: readonly FiringGraph[] | null;
  /** Whether the graphs are of an order that is not asked for any more. */
  isOld: boolean;
  hasMore: boolean;
  more: () => void;
}

export function useFiring(feature: FeatureName, sort: FeatureSort): Firing {
  const of = JSON.stringify([feature, sort]);
  const [wanted, setWanted] = useState({ of, n_pages: 1 });
  const n_pages = wanted.of === of ? wanted.n_pages : 1;
  /** What has come: further pages are asked from there on. */
  const come = useRef<Listed | null>(null);
  const { answer, ...asked } = useAnswer(`${of} ${n_pages}`, async (signal) => {
    let listed = come.current?.of === of ? come.current : { of, graphs: [], n_pages: 0, next: null };
    while (listed.n_pages < n_pages && (listed.n_pages === 0 || listed.next !== null)) {
      const page = await getFeatureGraphs(feature, sort, PAGE, listed.next, signal);
      // A graph that was stored meanwhile moves the others on.
      const known = new Set(listed.graphs.map(({ id }) => id));
      listed = { of, graphs: [...listed.graphs, ...page.graphs.filter(({ id }) => !known.has(id))], n_pages: listed.n_pages + 1, next: page.next };
      come.current = listed;
    }
    return listed;
  });
  return {
    ...asked,
    graphs: answer?.graphs ?? null,
    isOld: answer !== null && answer.of !== of,
    hasMore: answer?.of === of && answer.next !== null,
    more: () => setWanted({ of, n_pages: n_pages + 1 }),
  };
}
