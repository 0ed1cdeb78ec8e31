/** A path's steps in a row: tokens in monospace, labels as pills, features without one by layer and index. */
import { Fragment } from "react";
import type { GroupStep, Kind, PathNode } from "../api/types";
import { featureName, type TokenWriter } from "../format";

export interface Step {
  kind: Kind;
  /** A label; null where the step has none. */
  label: string | null;
  token: string | null;
  layer: number | null;
  index: number | null;
  position: number | null;
  /** How many nodes the step holds. */
  size: number;
}

export const stepOfGroup = (step: GroupStep): Step => ({
  kind: step.kind,
  label: step.name,
  token: step.token,
  layer: step.layer,
  index: step.index,
  position: step.position,
  size: step.nodes.length,
});

export const stepOfNode = (node: PathNode): Step => ({
  kind: node.kind,
  label: node.label,
  token: node.token,
  layer: node.layer,
  index: node.index,
  position: node.position,
  size: 1,
});

export function stepText(step: Step, writeToken: TokenWriter): string {
  if (step.kind === "embedding" || step.kind === "logit") return writeToken(step.token ?? "");
  if (step.label) return step.label;
  if (step.kind === "error") return `L${step.layer ?? "?"} error`;
  return step.layer !== null && step.index !== null ? featureName(step.layer, step.index) : "features";
}

/** What tells a step from others of the same name. */
function stepTitle({ kind, layer, index, position, size }: Step): string {
  const feature = kind === "feature" && layer !== null && index !== null ? `${featureName(layer, index)}, ` : "";
  if (size > 1) return `${feature}${size} nodes`;
  return `${feature}position ${position ?? "?"}`;
}

interface SequenceProps {
  steps: readonly Step[];
  writeToken: TokenWriter;
  /** Write each label's layer beside it: single paths, whose steps are nodes. */
  withLayers?: boolean;
}

export function Sequence({ steps, writeToken, withLayers = false }: SequenceProps) {
  return (
    <span className="sequence">
      {steps.map((step, at) => {
        const text = stepText(step, writeToken);
        return (
          <Fragment key={at}>
            {at > 0 && (
              <span className="arrow" aria-label="to">
                →
              </span>
            )}
            {step.kind === "embedding" || step.kind === "logit" ? (
              <span className="token" title={stepTitle(step)}>
                {text}
              </span>
            ) : step.label ? (
              <span className="pill" title={stepTitle(step)}>
                {text}
                {withLayers && step.layer !== null && <span className="layer">L{step.layer}</span>}
              </span>
            ) : (
              <span className="unlabelled" title={stepTitle(step)}>
                {text}
              </span>
            )}
          </Fragment>
        );
      })}
    </span>
  );
}
