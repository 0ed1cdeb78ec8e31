/** The thresholds of a pruning as they are typed, and what is to be said of them. */
import type { GraphRecord, Thresholds } from "../../api/types";

/** What pruning keeps where a graph does not say: circuit-tracer's own. */
const DEFAULTS: Thresholds = { node_threshold: 0.8, edge_threshold: 0.98 };

export interface Typed {
  node: string;
  edge: string;
}

type Pruned = Pick<GraphRecord, "node_threshold" | "edge_threshold">;

/** The graph's own, in which the form begins. */
export const firstTyped = ({ node_threshold: node, edge_threshold: edge }: Pruned): Typed => ({
  node: String(node ?? DEFAULTS.node_threshold),
  edge: String(edge ?? DEFAULTS.edge_threshold),
});

/** "0.8", ".8" or "0,8" as a share; null where the text is none from 0 to 1. */
export function shareOf(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  const share = /^(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
  return share >= 0 && share <= 1 ? share : null;
}

/** What is asked for; null where a text is no share. */
export function thresholdsOf({ node, edge }: Typed): Thresholds | null {
  const [nodes, links] = [shareOf(node), shareOf(edge)];
  return nodes === null || links === null ? null : { node_threshold: nodes, edge_threshold: links };
}

/** Whether a graph was pruned so: the same thresholds make the same graph. */
export const isOwn = (asked: Thresholds, { node_threshold: node, edge_threshold: edge }: Pruned): boolean =>
  asked.node_threshold === node && asked.edge_threshold === edge;
