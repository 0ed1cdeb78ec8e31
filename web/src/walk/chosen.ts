/** The stored graph that the walk goes through: one whose features have labels, large enough to show something. */
import type { ListedGraph, LibraryAnswer } from "../api/types";

/** Nodes of a graph that is drawn at once, and read at a glance. */
const MOST_NODES = 2000;

/** How many of the graphs are asked by what their paths are grouped. */
const ASKED = 4;

/** The labelled graphs of those that are listed: first those with most labels, and then those that are too large. */
export function labelledFirst({ prompts }: Pick<LibraryAnswer, "prompts">): ListedGraph[] {
  const graphs = prompts.map(({ newest }) => newest).filter((graph) => graph.n_labelled_nodes > 0);
  const isLarge = (graph: ListedGraph): number => Number(graph.n_nodes > MOST_NODES);
  return graphs.sort((a, b) => isLarge(a) - isLarge(b) || b.n_labelled_nodes - a.n_labelled_nodes);
}

/**
 * The first of them whose paths labels group, where one of the first few is, or else the first; null: none is labelled.
 * `isGrouped` answers null for one that is gone.
 */
export async function walkedGraph(listed: Pick<LibraryAnswer, "prompts">, isGrouped: (id: string) => Promise<boolean | null>): Promise<ListedGraph | null> {
  let first: ListedGraph | null = null;
  for (const graph of labelledFirst(listed).slice(0, ASKED)) {
    const answer = await isGrouped(graph.id);
    if (answer === true) return graph;
    if (answer === false) first ??= graph;
  }
  return first;
}
