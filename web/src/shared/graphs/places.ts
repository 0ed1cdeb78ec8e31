/** Where nodes of graphs stand on the page, by their keys. */
import { graphAddress } from "../router";

/** Where a node stands, by its key, `GRAPH/feature/20/7/44686`: in its graph, selected. */
export function nodeAddress(key: string): string {
  const [graph = "", ...end] = key.split("/");
  return `${graphAddress(graph)}?sel=${end.map(encodeURIComponent).join("/")}`;
}

/** Nodes of one graph as the circuit that is drawn of them alone. */
export function circuitAddress(graph: string, keys: readonly string[]): string {
  return `${graphAddress(graph)}?tab=circuit&view=&pins=${keys.map((key) => key.slice(graph.length + 1)).join(",")}`;
}
