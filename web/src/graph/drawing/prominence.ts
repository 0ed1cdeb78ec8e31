/** How much of a mark's greatest size each node gets: 0 (unknown or least) to 1. */
import type { NodesAnswer } from "../../api/types";

/** The quantity that sizes the marks. */
export type SizedBy = "influence" | "flow";

export interface Sizes {
  prominence: Float32Array;
  /** The share of the target's influence that flows through each node, where that sizes them. */
  flow: readonly number[] | null;
}

/** By what pruning ranked nodes by; a logit by its probability. */
export function byInfluence(nodes: NodesAnswer): Float32Array {
  return Float32Array.from(nodes.kind, (kind, node) => {
    if (kind === "logit") return Math.sqrt(nodes.probability[node] ?? 0);
    const cumulative = nodes.cumulative_influence[node] ?? null;
    if (cumulative === null) return kind === "embedding" ? 0.5 : 0;
    return Math.pow(1 - Math.min(1, Math.max(0, cumulative)), 1.3);
  });
}

/** By what flows through nodes to a target: areas grow with it. The feature that most of it flows through is greatest. */
export function byFlow(nodes: NodesAnswer, flow: readonly number[]): Float32Array {
  // Beside the target and the tokens, where it all ends and begins, no feature would show.
  const most = flow.reduce((most, each, node) => (nodes.kind[node] === "feature" ? Math.max(most, each) : most), 0);
  return Float32Array.from(flow, (each) => (most > 0 ? Math.sqrt(Math.min(1, each / most)) : 0));
}
