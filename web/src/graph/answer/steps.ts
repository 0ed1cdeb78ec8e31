/** The steps of a path or a group sequence, and their names. */
import type { GroupBy, GroupStep, Kind, PathNode } from "../../api/types";
import { featureName, type TokenWriter } from "../../shared/format";
import type { NodeName } from "../model/model";

export interface Step {
  kind: Kind;
  /** A label or a group's name; null where the step has none. */
  label: string | null;
  /** Tells steps with one label apart, such as "L20"; null where nothing needs to. */
  note: NodeName | null;
  /** An embedding's or a logit's token; null for groups. */
  token: string | null;
  layer: number | null;
  index: number | null;
  position: number | null;
  /** The number of nodes in the step. */
  size: number;
}

const layerNote = (layer: number | null): NodeName | null =>
  layer === null ? null : { text: `L${layer}`, isToken: false };

/** Features with one label are told apart by their layers, positions by their tokens. */
export function stepOfGroup(step: GroupStep, groupBy: GroupBy, tokenAt: (position: number) => string): Step {
  const at = groupBy === "position" && step.position !== null ? { text: tokenAt(step.position), isToken: true } : null;
  return {
    kind: step.kind,
    label: step.name,
    note: groupBy === "feature" ? layerNote(step.layer) : at,
    token: step.token,
    layer: step.layer,
    index: step.index,
    position: step.position,
    size: step.nodes.length,
  };
}

export const stepOfNode = (node: PathNode): Step => ({
  kind: node.kind,
  label: node.label,
  note: layerNote(node.layer),
  token: node.token,
  layer: node.layer,
  index: node.index,
  position: node.position,
  size: 1,
});

/** Whether a step is written as a token. A supernode may hold embeddings and logits, but it has a name and no token. */
export const isToken = (step: Step): boolean =>
  (step.kind === "embedding" || step.kind === "logit") && (step.token !== null || step.label === null);

export function stepText(step: Step, writeToken: TokenWriter): string {
  if (isToken(step)) return writeToken(step.token ?? "", step);
  if (step.label) return step.label;
  if (step.kind === "error") return `L${step.layer ?? "?"} error`;
  return step.layer !== null && step.index !== null ? featureName(step.layer, step.index) : "features";
}

/** Tells a step from others of the same name. */
export function stepTitle({ kind, layer, index, position, size }: Step): string {
  const feature = kind === "feature" && layer !== null && index !== null ? `${featureName(layer, index)}, ` : "";
  if (size > 1) return `${feature}${size} nodes`;
  return `${feature}position ${position ?? "?"}`;
}
