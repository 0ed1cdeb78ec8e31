/** What is selected: at most one thing of the graph, beside the lit row of an answer. */
import type { GraphModel } from "./model";

export type Selection =
  | { kind: "node"; node: number }
  /** Two nodes or more, in the order in which they were chosen. */
  | { kind: "nodes"; nodes: readonly number[] }
  | { kind: "supernode"; name: string }
  /** An index into the edge columns. */
  | { kind: "link"; edge: number }
  /** A link of the Circuit tab that stands for several of the graph's. Its ends are as `nodesAt` reads them. */
  | { kind: "circuit-link"; source: string; target: string }
  | { kind: "token"; position: number }
  /** A head of the model, and a cell of its pattern; null: the head alone. It has no nodes; what it carries is lit. */
  | { kind: "head"; layer: number; head: number; cell: { query: number; key: number } | null };

/** The selection of these nodes: of one node alone that node, of none null. */
export function selectionOf(nodes: readonly number[]): Selection | null {
  const [first, ...others] = [...new Set(nodes)];
  if (first === undefined) return null;
  return others.length === 0 ? { kind: "node", node: first } : { kind: "nodes", nodes: [first, ...others] };
}

/** The node that is selected alone, or null. */
export const nodeOf = (selection: Selection | null): number | null => (selection?.kind === "node" ? selection.node : null);

type Members = (supernode: string) => readonly number[];

/** The name of the supernode that is an end of a circuit's link; null: a node is. */
export const supernodeAt = (end: string): string | null => (end.startsWith("=") ? end.slice(1) : null);

/** The nodes that an end of a circuit's link stands for: of "=Texas" the members of Texas, of "feature/20/7/44686" the node. */
export function nodesAt({ record, ordinalOf }: Pick<GraphModel, "record" | "ordinalOf">, end: string, members: Members): readonly number[] {
  const name = supernodeAt(end);
  if (name !== null) return members(name);
  const node = ordinalOf.get(`${record.id}/${end}`);
  return node === undefined ? [] : [node];
}

/** The nodes of a selection. `members`: those of a supernode. */
export function nodesOf(model: GraphModel, selection: Selection | null, members: Members): readonly number[] {
  switch (selection?.kind) {
    case undefined:
    case "head":
      return [];
    case "node":
      return [selection.node];
    case "nodes":
      return selection.nodes;
    case "supernode":
      return members(selection.name);
    case "link":
      return [model.edges.source[selection.edge] ?? 0, model.edges.target[selection.edge] ?? 0];
    case "circuit-link":
      return [...new Set([...nodesAt(model, selection.source, members), ...nodesAt(model, selection.target, members)])];
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
