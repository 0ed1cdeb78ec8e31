/** The links between a set of nodes and all others, summed for each other node. */
import { linksOf, type GraphModel } from "../model/model";
import { linkFlow, type Flow } from "../node/linkFlow";

export interface SetLink {
  /** The node outside the set. */
  node: number;
  /** Its links with the set. */
  edges: readonly number[];
  /** What runs along them to the target, whatever their signs; null while the flow is not known. */
  flow: number | null;
  /** The sum of their weights. */
  weight: number;
}

/** `from`: links into the set; `to`: links out of it. Those that carry most come first; by weight while no flow is known. */
export function setLinks(model: GraphModel, nodes: readonly number[], direction: "from" | "to", flow: Flow | null): SetLink[] {
  const inside = new Set(nodes);
  const incoming = direction === "from";
  const others = incoming ? model.edges.source : model.edges.target;
  const byNode = new Map<number, number[]>();
  for (const node of inside) {
    for (const edge of linksOf(incoming ? model.incoming : model.outgoing, node)) {
      const other = others[edge] ?? 0;
      if (inside.has(other)) continue;
      const known = byNode.get(other);
      if (known) known.push(edge);
      else byNode.set(other, [edge]);
    }
  }
  const size = ({ flow, weight }: SetLink): number => flow ?? Math.abs(weight);
  return [...byNode]
    .map(([node, edges]): SetLink => ({
      node,
      edges,
      flow: flow && edges.reduce((sum, edge) => sum + linkFlow(model, flow, edge), 0),
      weight: edges.reduce((sum, edge) => sum + (model.edges.weight[edge] ?? 0), 0),
    }))
    .sort((a, b) => size(b) - size(a) || Math.abs(b.weight) - Math.abs(a.weight) || a.node - b.node);
}

/** The links within a set. */
export function innerLinks(model: GraphModel, nodes: readonly number[]): number {
  const inside = new Set(nodes);
  return [...inside].reduce((sum, node) => sum + linksOf(model.outgoing, node).filter((edge) => inside.has(model.edges.target[edge] ?? -1)).length, 0);
}
