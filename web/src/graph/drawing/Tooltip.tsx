/** The tooltip beside the node under the pointer. */
import { percent, quantity } from "../../shared/format";
import { layerName, nodeName, tokenAt, type GraphModel } from "../model/model";
import { originText } from "../../shared/labels/origin";
import type { Sizes } from "./prominence";
import "./Tooltip.css";

/** A node and its place in the drawing, in CSS pixels. */
export interface Hover {
  node: number;
  x: number;
  y: number;
}

interface TooltipProps {
  model: GraphModel;
  sizes: Sizes;
  target: number;
  hover: Hover;
  width: number;
}

export function Tooltip({ model, sizes, target, hover, width }: TooltipProps) {
  const { nodes } = model;
  const { node, x, y } = hover;
  const name = nodeName(model, node);
  const kind = nodes.kind[node] ?? "feature";
  const position = nodes.position[node] ?? 0;
  const origin = originText(nodes.label_origin[node]);
  const facts: [string, string][] = [];
  const probability = nodes.probability[node] ?? null;
  const activation = nodes.activation[node] ?? null;
  const influence = nodes.node_influence[node] ?? null;
  const cumulative = nodes.cumulative_influence[node] ?? null;
  if (probability !== null) facts.push(["probability", percent(probability)]);
  if (activation !== null) facts.push(["activation", quantity(activation)]);
  if (influence !== null) facts.push(["influence on all logits", quantity(influence)]);
  if (cumulative !== null) facts.push(["within the first", percent(cumulative)]);
  if (sizes.flow !== null) facts.push(["flow to the target", percent(sizes.flow[node])]);
  return (
    <div
      className={`tooltip${x > width / 2 ? " to-left" : ""}${y < 120 ? " below" : ""}`}
      style={{ left: x, top: y }}
      data-testid="tooltip"
    >
      <div className={`tooltip-name${name.isToken ? " token" : ""}${name.isInferred ? " inferred" : ""}`}>{name.text}</div>
      <div className="tooltip-where">
        {node === target ? "logit, the question’s target" : kind} · {layerName(model, node)}
        {kind === "feature" && nodes.label[node] ? ` #${nodes.index[node] ?? 0}` : ""} · at{" "}
        <span className="token">{tokenAt(model, position)}</span>
      </div>
      {origin && <div className="tooltip-where">{origin}</div>}
      {facts.length > 0 && (
        <dl>
          {facts.map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
