/** The nodes and links that a ranked row lights up. */
import type { RankedGroup, RankedPath } from "../../api/types";
import { linksOf, ordinalsOf, type GraphModel } from "./model";

export interface Lit {
  /** Ordinals; the first in the list are named first. */
  nodes: number[];
  /** Indices into the edge columns. */
  edges: number[];
}

export interface Picked {
  /** The lit row's nodes and links. */
  lit: Lit;
  /** The ordinals of the selected nodes. */
  nodes: readonly number[];
}

/** All nodes that stand out, the selected ones in front. */
export const chosenNodes = ({ lit, nodes }: Picked): number[] => [...new Set([...nodes, ...lit.nodes])];

/** The selected node where it is the only one. */
export const onlyPicked = ({ nodes }: Picked): number | null => (nodes.length === 1 ? (nodes[0] ?? null) : null);

export const NOTHING_LIT: Lit = { nodes: [], edges: [] };

/** Some nodes and the links between them. */
export function litNodes(model: GraphModel, nodes: readonly number[]): Lit {
  return { nodes: [...nodes], edges: linksBetween(model, nodes, new Set(nodes)) };
}

/** Links by the ids of their ends, the strongest first, with these ends. */
export function litLinks(model: GraphModel, links: readonly { source: string; target: string }[]): Lit {
  const edges = links.flatMap(({ source, target }) => linksBetween(model, ordinalsOf(model, [source]), new Set(ordinalsOf(model, [target]))));
  return { nodes: [...new Set(edges.flatMap((edge) => [model.edges.source[edge] ?? 0, model.edges.target[edge] ?? 0]))], edges };
}

const logitOf = (model: GraphModel, id: string | null): number[] => (id === null ? [] : ordinalsOf(model, [id]));

/** The links that join some of these nodes with each other. */
export const linksAmong = (model: GraphModel, nodes: readonly number[]): number[] => linksBetween(model, nodes, new Set(nodes));

/** The links from each of `sources` into any of `targets`. */
export function linksBetween(model: GraphModel, sources: readonly number[], targets: ReadonlySet<number>): number[] {
  return sources.flatMap((node) =>
    Array.from(linksOf(model.outgoing, node)).filter((edge) => targets.has(model.edges.target[edge] ?? -1)),
  );
}

/**
 * A single path: its nodes and the links between neighbours. `other`: the id of a logit from which the target is told
 * apart; the last link may lead to either.
 */
export function litPath(model: GraphModel, path: RankedPath, other: string | null = null): Lit {
  const nodes = ordinalsOf(
    model,
    path.nodes.map((node) => node.id),
  );
  const last = nodes.length - 2;
  const edges = nodes
    .slice(1)
    .flatMap((node, at) => linksBetween(model, [nodes[at] ?? -1], new Set([node, ...(at === last ? logitOf(model, other) : [])])));
  return { nodes, edges };
}

/**
 * A group sequence: every node of every step, and the links within a step and from each step to the
 * next. The best member's nodes come first.
 */
export function litGroup(model: GraphModel, group: RankedGroup, other: string | null = null): Lit {
  const steps = group.sequence.map((step) => ordinalsOf(model, step.nodes));
  const last = steps.length - 2;
  const edges = steps.flatMap((step, at) =>
    linksBetween(model, step, new Set([...step, ...(steps[at + 1] ?? []), ...(at === last ? logitOf(model, other) : [])])),
  );
  const best = group.best_members[0] ? litPath(model, group.best_members[0]).nodes : [];
  return { nodes: [...new Set([...best, ...steps.flat()])], edges };
}
