/** The links of a graph that a link between two parts of a circuit stands for, and their sums. */
import { linksBetween } from "../model/lit";
import type { GraphModel } from "../model/model";
import { linkFlow, type Flow } from "../node/linkFlow";

export interface MemberLinks {
  /** Indices into the edge columns, by what each gives to the sum, whatever its sign; the most first. */
  edges: readonly number[];
  /** The sum of their weights; its parts that are positive and negative. */
  weight: number;
  exciting: number;
  inhibiting: number;
  /** What runs along them to the target, whatever their signs; null while the flow is not known. */
  flow: number | null;
}

/** The links from any node of `sources` into any of `targets`. */
export function memberLinks(model: GraphModel, sources: readonly number[], targets: readonly number[], flow: Flow | null): MemberLinks {
  const weightOf = (edge: number): number => model.edges.weight[edge] ?? 0;
  const edges = linksBetween(model, sources, new Set(targets)).sort((a, b) => Math.abs(weightOf(b)) - Math.abs(weightOf(a)) || a - b);
  const exciting = edges.reduce((sum, edge) => sum + Math.max(0, weightOf(edge)), 0);
  const inhibiting = edges.reduce((sum, edge) => sum + Math.min(0, weightOf(edge)), 0);
  return { edges, exciting, inhibiting, weight: exciting + inhibiting, flow: flow && edges.reduce((sum, edge) => sum + linkFlow(model, flow, edge), 0) };
}
