/** The prediction to explain: one of the graph's logit nodes. */
import { useMemo } from "react";
import { percent } from "../../shared/format";
import { logitsOf, tokenOf, type GraphModel } from "../model/model";
import "./TargetPicker.css";

interface TargetPickerProps {
  model: GraphModel;
  /** A logit node's id; null: the most probable one. */
  value: string | null;
  onChange: (id: string) => void;
}

export function TargetPicker({ model, value, onChange }: TargetPickerProps) {
  const { id, probability } = model.nodes;
  const logits = useMemo(() => logitsOf(model), [model]);
  const chosen = logits.find((node) => id[node] === value) ?? logits[0] ?? -1;
  const written = (node: number) => (node < 0 ? "" : tokenOf(model, node));
  return (
    <span className="target-picker">
      <span className="ellipsis" aria-hidden="true">
        <b className="token">{written(chosen)}</b> {percent(probability[chosen])}
      </span>
      <select
        aria-label="Prediction to explain"
        data-testid="target-picker"
        value={id[chosen] ?? ""}
        onChange={(event) => onChange(event.target.value)}
      >
        {logits.map((node) => (
          <option key={node} value={id[node]}>
            {`${written(node)}  ${percent(probability[node])}`}
          </option>
        ))}
      </select>
    </span>
  );
}
