/** How many features a graph has. */
import type { NodesAnswer } from "../../api/types";

/** Features of the graph, each once, at however many positions it fires. */
export function featureCount({ kind, layer, index, site }: Pick<NodesAnswer, "kind" | "layer" | "index" | "site">): number {
  const features = new Set<string>();
  kind.forEach((each, node) => {
    if (each === "feature") features.add([site[node], layer[node], index[node]].join("/"));
  });
  return features.size;
}
