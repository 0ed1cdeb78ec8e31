/** What a step of the keyboard is told as, to those who do not see the drawing. */
import { percent } from "../../../shared/format";
import { layerName, nodeName, tokenAt, type GraphModel } from "../../model/model";
import type { Direction, Step } from "./walk";

const NOTHING: Record<Direction, string> = {
  input: "No input is drawn.",
  output: "Nothing that it leads to is drawn.",
  previous: "The first of its layer.",
  next: "The last of its layer.",
  lower: "The lowest at its token.",
  higher: "The highest at its token.",
};

/** "Texas, feature, layer 20, at Dallas"; a token and a logit stand for themselves. */
export function spokenNode(model: GraphModel, node: number): string {
  const kind = model.nodes.kind[node] ?? "feature";
  const name = nodeName(model, node).text;
  if (kind === "embedding") return `${name}, token ${(model.nodes.position[node] ?? 0) + 1} of ${model.record.tokens.length}`;
  if (kind === "logit") return `${name}, logit, ${percent(model.nodes.probability[node])}`;
  return `${name}, ${kind}, ${layerName(model, node)}, at ${tokenAt(model, model.nodes.position[node] ?? 0)}`;
}

/** Where a step led, and over which link; why it led nowhere where `step` is null. */
export function spoken(model: GraphModel, direction: Direction, step: Step | null): string {
  if (step === null) return NOTHING[direction];
  const said = spokenNode(model, step.node);
  if (step.edge === null) return `${said}.`;
  const verb = (model.edges.weight[step.edge] ?? 0) < 0 ? "inhibits" : "excites";
  const end = nodeName(model, model.edges.target[step.edge] ?? 0).text;
  const link = direction === "input" ? `${verb} ${end}, ` : `${verb === "inhibits" ? "inhibited" : "excited"}, `;
  return `${said}: ${link}${percent(model.edges.share[step.edge])} of ${direction === "input" ? "its" : "the node’s"} input.`;
}
