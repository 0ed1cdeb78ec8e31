/** Where a row of what a collection's graphs share stands in one of them: addresses of a graph's page (graph/address.ts). */
import type { ReadGraph, SharedFeature, SharedSequence } from "../api/types";
import { graphAddress } from "../shared/router";

type FeaturePart = SharedFeature["in_graphs"][number];
type SequencePart = SharedSequence["in_graphs"][number];

const address = (graph: ReadGraph, said: readonly (readonly [name: string, value: string])[]): string =>
  `${graphAddress(graph.id)}?${[["by", graph.group_by] as const, ...said].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;

/** The graph with the feature's most influential node selected. */
export const featurePlace = (graph: ReadGraph, { node }: FeaturePart): string =>
  address(graph, [["sel", node.startsWith(`${graph.id}/`) ? node.slice(graph.id.length + 1) : node]]);

/** The graph, asked for the paths through the sequence's groups, ranked as they were counted. */
export const sequencePlace = (graph: ReadGraph, { through }: SequencePart): string =>
  address(graph, [["score", "influence"], ...through.map((selector) => ["through", selector] as const)]);
