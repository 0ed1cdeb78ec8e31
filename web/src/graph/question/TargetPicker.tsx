/** The prediction to explain: one of the graph's logit nodes. */
import { useMemo } from "react";
import { percent } from "../../shared/format";
import type { GraphModel } from "../model/model";
import "./TargetPicker.css";

interface TargetPickerProps {
  model: GraphModel;
  /** A logit node's id; null: the most probable one. */
  value: string | null;
  onChange: (id: string) => void;
}

export function TargetPicker({ model, value, onChange }: TargetPickerProps) {
  const logits = useMemo(() => {
    const { kind, probability, id, token } = model.nodes;
    return id
      .flatMap((each, node) =>
        kind[node] === "logit" ? [{ id: each, token: token[node] ?? "", probability: probability[node] ?? null }] : [],
      )
      .sort((a, b) => (b.probability ?? 0) - (a.probability ?? 0));
  }, [model]);
  const chosen = logits.find((logit) => logit.id === value) ?? logits[0];
  const text = (logit: (typeof logits)[number]) => `${model.writeToken(logit.token)}  ${percent(logit.probability)}`;
  return (
    <span className="target-picker">
      <span aria-hidden="true">
        <b className="token">{chosen ? model.writeToken(chosen.token) : ""}</b> {percent(chosen?.probability)}
      </span>
      <select
        aria-label="Prediction to explain"
        data-testid="target-picker"
        value={chosen?.id ?? ""}
        onChange={(event) => onChange(event.target.value)}
      >
        {logits.map((logit) => (
          <option key={logit.id} value={logit.id}>
            {text(logit)}
          </option>
        ))}
      </select>
    </span>
  );
}
