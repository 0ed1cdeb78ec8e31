/** What can be put to the test in the model: features of MLPs whose activations are stored. */
import type { GraphModel } from "./model";

/** Nodes that are changed together, under a name. */
export interface Subject {
  name: string;
  /** Ordinals. */
  nodes: readonly number[];
}

/** Whether a node can be changed. Effects are told in the logits of tokens, so that a graph of directions has none that can. */
export const isTestable = ({ nodes, record }: Pick<GraphModel, "nodes" | "record">, node: number): boolean =>
  record.target_kind !== "directions" &&
  nodes.kind[node] === "feature" &&
  (nodes.site[node] ?? null) === null &&
  (nodes.activation[node] ?? null) !== null;

/** Subjects with what of them can be tested; one of which nothing can is left out. */
export const testable = (model: Pick<GraphModel, "nodes" | "record">, subjects: readonly Subject[]): Subject[] =>
  subjects
    .map(({ name, nodes }) => ({ name, nodes: nodes.filter((node) => isTestable(model, node)) }))
    .filter(({ nodes }) => nodes.length > 0);
