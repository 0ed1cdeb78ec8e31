/**
 * Which nodes are drawn. Tokens and logits always are. Of the features, and of the errors where they are asked for, the
 * fewest are that hold a share of what they all carry to the target: features by their flow, errors, which no token's
 * influence passes, by their own influence on it.
 *
 * Unless the reader asks, a graph of up to `MOST_UNASKED` features shows all of them; a larger one the greatest whole per
 * cent that no more of them hold. The real graphs of up to 300 features are legible whole; of thousands nobody sees one.
 */
import type { GraphModel } from "./model";

export interface Budget {
  /** The share of the flow, above 0 to 1; null: as the rule above says. */
  share: number | null;
  /** Whether errors are drawn. */
  errors: boolean;
}

export const FIRST_BUDGET: Budget = { share: null, errors: false };

/** Features that are drawn at most where nobody asks for more. */
export const MOST_UNASKED = 400;

/** What nodes carry to the target. */
export interface Carried {
  /** For each node, the share of the target's influence that comes from tokens and passes through it. */
  through: ArrayLike<number>;
  /** For each node, its own influence on the target. */
  onward: ArrayLike<number>;
}

export interface Drawn {
  /** For each node 1 where it is drawn, or 0. */
  shows: Uint8Array;
  /** The share of the flow that the drawn features hold at least. */
  share: number;
  nodes: number;
  /** Links between drawn nodes. */
  links: number;
  /** The other nodes, features before errors, those that carry most before others; those that the reader hid come last. */
  hidden: readonly number[];
}

/** Nodes of which the reader decided, whatever they carry; of one in both, that it is hidden. */
export interface ByHand {
  shown: readonly number[];
  hidden: readonly number[];
}

export const NOT_BY_HAND: ByHand = { shown: [], hidden: [] };

/** `carried`: null while it is not known; the order of pruning stands in for it. */
export function drawnBy(
  { nodes, edges }: Pick<GraphModel, "nodes" | "edges">,
  carried: Carried | null,
  budget: Budget,
  byHand: ByHand = NOT_BY_HAND,
): Drawn {
  const weigh = (by: ArrayLike<number> | undefined) => (node: number): number =>
    by ? (by[node] ?? 0) : 1 - Math.min(1, nodes.cumulative_influence[node] ?? 1);
  const features = ordered(nodes.kind.flatMap((kind, node) => (kind === "feature" ? [node] : [])), weigh(carried?.through));
  const errors = ordered(nodes.kind.flatMap((kind, node) => (kind === "error" ? [node] : [])), weigh(carried?.onward));
  const share = budget.share ?? unasked(features);
  const nFeatures = holding(features, share);
  const nErrors = budget.errors ? holding(errors, share) : 0;
  const decided = new Set([...byHand.shown, ...byHand.hidden]);
  const weak = [...features.members.slice(nFeatures), ...errors.members.slice(nErrors)];
  const hidden = [...weak.filter((node) => !decided.has(node)), ...byHand.hidden];
  const shows = new Uint8Array(nodes.id.length).fill(1);
  for (const node of hidden) shows[node] = 0;
  let links = 0;
  for (let edge = 0; edge < edges.source.length; edge++) {
    links += (shows[edges.source[edge] ?? 0] ?? 0) & (shows[edges.target[edge] ?? 0] ?? 0);
  }
  return { shows, share, nodes: nodes.id.length - hidden.length, links, hidden };
}

/** Nodes by what they carry, the most first, and how much each carries together with those before it. */
interface Ordered {
  members: number[];
  sums: Float64Array;
}

function ordered(members: number[], weight: (node: number) => number): Ordered {
  members.sort((a, b) => weight(b) - weight(a) || a - b);
  let sum = 0;
  return { members, sums: Float64Array.from(members, (node) => (sum += weight(node))) };
}

/** Below this part of the whole, a difference is one of rounding. */
const ROUNDING = 1e-9;

/** The fewest of the first members that carry a share of what all carry; all of them where nothing is carried. */
function holding({ members, sums }: Ordered, share: number): number {
  const total = sums.at(-1) ?? 0;
  if (share >= 1 || total <= 0) return members.length;
  return sums.findIndex((sum) => sum >= (share - ROUNDING) * total) + 1;
}

function unasked(features: Ordered): number {
  if (features.members.length <= MOST_UNASKED) return 1;
  let cents = 100;
  while (cents > 1 && holding(features, cents / 100) > MOST_UNASKED) cents--;
  return cents / 100;
}
