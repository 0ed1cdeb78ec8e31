/** What runs along each link of a node on to the target, and in what order the links are listed. */
import { linksOf, type GraphModel } from "../model/model";

/** The server's flow for a question: through each node, and to which targets. */
export interface Flow {
  /** For each node, the share of the targets' influence that comes from tokens and passes through it. */
  through: number[];
  /** For each node, its influence on the targets: summed over all paths to them, the product of the links' shares. */
  onward: Float64Array;
  /** For each link, its share of the other's input on the way to the targets; stored shares, but for a difference's. */
  share: ArrayLike<number>;
}

/** The targets' weights by node. */
export type Ends = ReadonlyMap<number, number>;

/**
 * For each node its influence on the targets by paths without the nodes of `avoid`: its weight as a target, and over
 * its links the share of the other's input times the other's influence.
 */
export function onwardInfluence(
  model: GraphModel,
  share: ArrayLike<number>,
  ends: Ends,
  avoid: ReadonlySet<number>,
): Float64Array {
  const { edges, nNodes } = model;
  const onward = new Float64Array(nNodes);
  for (const node of backwards(model)) {
    if (avoid.has(node)) continue;
    let sum = ends.get(node) ?? 0;
    for (const edge of linksOf(model.outgoing, node)) sum += (share[edge] ?? 0) * (onward[edges.target[edge] ?? 0] ?? 0);
    onward[node] = sum;
  }
  return onward;
}

/**
 * The shares of links where the target is the difference of two logits: of the links into them, each node's difference
 * of weights over the sum of all. A node with links into both has it on the one into `one`.
 */
export function differenceShares(model: GraphModel, one: number, other: number): Float64Array {
  const { edges } = model;
  const share = Float64Array.from(edges.share);
  const difference = new Map<number, { edge: number; weight: number }>();
  for (const [logit, sign] of [[one, 1], [other, -1]] as const) {
    for (const edge of linksOf(model.incoming, logit)) {
      share[edge] = 0;
      const known = difference.get(edges.source[edge] ?? 0);
      const weight = sign * (edges.weight[edge] ?? 0);
      difference.set(edges.source[edge] ?? 0, { edge: known?.edge ?? edge, weight: (known?.weight ?? 0) + weight });
    }
  }
  const total = [...difference.values()].reduce((sum, { weight }) => sum + Math.abs(weight), 0);
  for (const { edge, weight } of difference.values()) share[edge] = total > 0 ? Math.abs(weight) / total : 0;
  return share;
}

/** All nodes, each after the nodes that its links lead to. */
function backwards(model: GraphModel): number[] {
  const { edges, nNodes } = model;
  const ahead = Uint32Array.from({ length: nNodes }, (_, node) => linksOf(model.outgoing, node).length);
  const order = Array.from({ length: nNodes }, (_, node) => node).filter((node) => ahead[node] === 0);
  for (const node of order) {
    // The list grows while it is walked.
    for (const edge of linksOf(model.incoming, node)) {
      const source = edges.source[edge] ?? 0;
      ahead[source] = (ahead[source] ?? 0) - 1;
      if (ahead[source] === 0) order.push(source);
    }
  }
  return order;
}

/**
 * The flow along a link: the share of the targets' influence that comes from tokens, runs along the link and on to the
 * targets. A node's flow is divided among its outgoing links in proportion to what each leads on to.
 */
export function linkFlow(model: GraphModel, flow: Flow, edge: number): number {
  const { through, onward } = flow;
  const source = model.edges.source[edge] ?? 0;
  const ahead = onward[source] ?? 0;
  return ahead > 0 ? ((through[source] ?? 0) * along(model, flow, edge)) / ahead : 0;
}

/** The influence on the targets of all that runs along a link, wherever it comes from. */
const along = (model: GraphModel, { onward, share }: Flow, edge: number): number =>
  (share[edge] ?? 0) * (onward[model.edges.target[edge] ?? 0] ?? 0);

/** The links into a node by their shares of its input, the largest first. */
export const byShare = (model: GraphModel, links: Iterable<number>): number[] =>
  Array.from(links).sort((a, b) => (model.edges.share[b] ?? 0) - (model.edges.share[a] ?? 0) || a - b);

/**
 * The links out of a node by what they lead on to, the most first; then, by share, those that lead to no target. For a
 * node that tokens reach this is the order of the links' flow; an error's links, which have no flow, are told apart too.
 */
export function byOnward(model: GraphModel, flow: Flow, links: Iterable<number>): number[] {
  return byShare(model, links).sort((a, b) => along(model, flow, b) - along(model, flow, a));
}

/** Nodes by their flow, the most first; in their own order where it is not known. */
export const byFlow = (nodes: readonly number[], flow: readonly number[] | null): number[] =>
  flow === null ? [...nodes] : [...nodes].sort((a, b) => (flow[b] ?? 0) - (flow[a] ?? 0));
