/** The target to explain: one of the graph's logit nodes. */
import { useMemo } from "react";
import { percent } from "../../shared/format";
import { logitsOf, type GraphModel } from "../model/model";
import { entriesOf, entryText } from "../names/entries";
import "./TargetPicker.css";

interface TargetPickerProps {
  model: GraphModel;
  /** A logit node's id; null: the most probable one. */
  value: string | null;
  onChange: (id: string) => void;
}

export function TargetPicker({ model, value, onChange }: TargetPickerProps) {
  const { id, probability } = model.nodes;
  const logits = useMemo(() => {
    const nodes = logitsOf(model);
    const entries = entriesOf(model, nodes);
    return nodes.map((node, at) => ({ node, name: entries[at] ? entryText(entries[at]) : "" }));
  }, [model]);
  const chosen = logits.find(({ node }) => id[node] === value) ?? logits[0];
  const chance = (node: number) => percent(probability[node]);
  return (
    <span className="target-picker">
      <span className="ellipsis" aria-hidden="true">
        <b className="token">{chosen?.name}</b> {chosen && chance(chosen.node)}
      </span>
      <select
        aria-label="Target"
        data-testid="target-picker"
        value={chosen ? id[chosen.node] : ""}
        onChange={(event) => onChange(event.target.value)}
      >
        {logits.map(({ node, name }) => (
          <option key={node} value={id[node]}>
            {`${name}  ${chance(node)}`}
          </option>
        ))}
      </select>
    </span>
  );
}
