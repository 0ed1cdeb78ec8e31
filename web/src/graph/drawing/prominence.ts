/** The prominence of nodes, which sizes their marks: 0 (unknown or least) to 1. */
import type { NodesAnswer } from "../../api/types";

/** The quantity that sizes the marks. */
export type SizedBy = "influence" | "flow";

export interface Sizes {
  prominence: Float32Array;
  /** The share of the target's influence that flows through each node, whatever sizes the marks; null while it loads. */
  flow: readonly number[] | null;
}

/** The sizes by the reader's choice; by influence while the flow loads. */
export function sizesBy(sizedBy: SizedBy, nodes: NodesAnswer, flow: readonly number[] | null): Sizes {
  const isByFlow = sizedBy === "flow" && flow !== null;
  return { prominence: isByFlow ? byFlow(nodes, flow) : byInfluence(nodes), flow };
}

/** By cumulative influence, which also prunes; a logit by its probability. */
export function byInfluence(nodes: NodesAnswer): Float32Array {
  return Float32Array.from(nodes.kind, (kind, node) => {
    if (kind === "logit") return Math.sqrt(nodes.probability[node] ?? 0);
    const cumulative = nodes.cumulative_influence[node] ?? null;
    if (cumulative === null) return kind === "embedding" ? 0.5 : 0;
    return Math.pow(1 - Math.min(1, Math.max(0, cumulative)), 1.3);
  });
}

/** By the flow through nodes to a target. Areas grow with the flow; the feature with the most flow gets 1. */
export function byFlow(nodes: NodesAnswer, flow: readonly number[]): Float32Array {
  // All flow passes the target and the tokens: measured by theirs, no feature would show.
  const most = flow.reduce((most, each, node) => (nodes.kind[node] === "feature" ? Math.max(most, each) : most), 0);
  return Float32Array.from(flow, (each) => (most > 0 ? Math.sqrt(Math.min(1, each / most)) : 0));
}
