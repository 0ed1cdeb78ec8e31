/** Where nodes of a graph stand together. */
import { graphAddress } from "../router";

/** Nodes, by their keys, as the circuit that is drawn of them alone. */
export function circuitAddress(graph: string, keys: readonly string[]): string {
  return `${graphAddress(graph)}?tab=circuit&view=&pins=${keys.map((key) => key.slice(graph.length + 1)).join(",")}`;
}
