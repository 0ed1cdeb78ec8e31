/** What is selected: at most one thing of the graph, beside the lit row of an answer. */
import type { GraphModel } from "./model";

export type Selection =
  | { kind: "node"; node: number }
  /** Two nodes or more, in the order in which they were chosen. */
  | { kind: "nodes"; nodes: readonly number[] }
  | { kind: "supernode"; name: string }
  /** An index into the edge columns. */
  | { kind: "link"; edge: number }
  | { kind: "token"; position: number };

/** The selection of these nodes: of one node alone that node, of none null. */
export function selectionOf(nodes: readonly number[]): Selection | null {
  const [first, ...others] = [...new Set(nodes)];
  if (first === undefined) return null;
  return others.length === 0 ? { kind: "node", node: first } : { kind: "nodes", nodes: [first, ...others] };
}

/** The node that is selected alone, or null. */
export const nodeOf = (selection: Selection | null): number | null => (selection?.kind === "node" ? selection.node : null);

/** The nodes of a selection. `members`: those of a supernode. */
export function nodesOf(model: GraphModel, selection: Selection | null, members: (name: string) => readonly number[]): readonly number[] {
  switch (selection?.kind) {
    case undefined:
      return [];
    case "node":
      return [selection.node];
    case "nodes":
      return selection.nodes;
    case "supernode":
      return members(selection.name);
    case "link":
      return [model.edges.source[selection.edge] ?? 0, model.edges.target[selection.edge] ?? 0];
    case "token":
      return model.nodes.id.flatMap((_, node) =>
        model.nodes.kind[node] === "embedding" && model.nodes.position[node] === selection.position ? [node] : [],
      );
  }
}

/** A selection with more nodes; where it has all of them already, without them. */
export function joined(selection: Selection | null, nodes: readonly number[]): Selection | null {
  const before = selection?.kind === "node" ? [selection.node] : selection?.kind === "nodes" ? selection.nodes : [];
  const isIn = nodes.length > 0 && nodes.every((node) => before.includes(node));
  return selectionOf(isIn ? before.filter((node) => !nodes.includes(node)) : [...before, ...nodes]);
}
