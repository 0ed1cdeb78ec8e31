/** A button that opens a node: its name and its place, beside figures of the caller's. */
import type { ReactNode } from "react";
import { featureName } from "../../shared/format";
import { nodeName, tokenOf, type GraphModel } from "../model/model";
import "./NodeButton.css";

interface NodeButtonProps {
  model: GraphModel;
  node: number;
  onPick: (node: number) => void;
  /** Names a feature by layer and index: its label stands above. */
  plain?: boolean;
  /** Colours the bar. */
  sign?: "excites" | "inhibits";
  title?: string;
  children?: ReactNode;
}

export function NodeButton({ model, node, onPick, plain = false, sign, title, children }: NodeButtonProps) {
  const { nodes } = model;
  const kind = nodes.kind[node];
  const name = nodeName(model, node);
  const layer = nodes.layer[node] ?? 0;
  const isPlain = plain && kind === "feature";
  const isWithin = kind === "feature" || kind === "error";
  return (
    <button
      type="button"
      className={sign ? `node-button ${sign}` : "node-button"}
      title={title}
      data-node-id={nodes.id[node]}
      onClick={() => onPick(node)}
    >
      <span className={name.isToken ? "token ellipsis" : "ellipsis"}>
        {isPlain ? featureName(layer, nodes.index[node] ?? 0) : name.text}
      </span>
      <span className="node-button-where ellipsis">
        {nodes.label[node] && !isPlain ? `L${layer} ` : ""}
        {isWithin && <span className="token">{tokenOf(model, node)}</span>}
      </span>
      {children}
    </button>
  );
}
