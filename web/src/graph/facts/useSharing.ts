/** The graphs in which features of this one fire: asked for when somebody opens their list, and kept while another panel is shown. */
import { useCallback, useState } from "react";
import { getNearestGraphs, getNodesSharedWith, type NearestGraph } from "../../api/client";
import { useAnswer, type Asked } from "../../shared/useAnswer";
import { ordinalsOf, type GraphModel } from "../model/model";

/** Graphs that are listed. */
export const MOST_GRAPHS = 50;

export interface Sharing {
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  /** The nearest graphs, one more than are listed where there are as many. */
  nearest: Asked<NearestGraph[]>;
  /** The nodes of this graph whose features fire in another, asked for once. */
  nodesSharedWith: (other: string) => Promise<readonly number[]>;
}

export function useSharing(model: GraphModel): Sharing {
  const { record, ordinalOf } = model;
  const [isOpen, onOpen] = useState(false);
  const nearest = useAnswer(isOpen ? record.id : null, (signal) => getNearestGraphs(record.id, MOST_GRAPHS + 1, signal));
  const [asked] = useState(() => new Map<string, Promise<readonly number[]>>());
  const nodesSharedWith = useCallback(
    (other: string) => {
      const known = asked.get(other);
      if (known) return known;
      const nodes = getNodesSharedWith(record.id, other).then((ids) => ordinalsOf({ ordinalOf }, ids));
      asked.set(other, nodes);
      // Whoever asks next tries again.
      nodes.catch(() => asked.delete(other));
      return nodes;
    },
    [asked, record.id, ordinalOf],
  );
  return { isOpen, onOpen, nearest, nodesSharedWith };
}
