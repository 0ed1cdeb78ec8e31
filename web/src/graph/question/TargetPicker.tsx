/** The target to explain: one of the graph's logits, or the difference of two. */
import { useMemo } from "react";
import { percent } from "../../shared/format";
import { logitsOf, type GraphModel } from "../model/model";
import { entriesOf, entryText } from "../names/entries";
import type { PageQuestion } from "./question";
import "./TargetPicker.css";

interface TargetPickerProps {
  model: GraphModel;
  /** A logit node's id; null: the most probable one. */
  target: string | null;
  /** Another logit node's id; null: the target is no difference. */
  ratherThan: string | null;
  onChange: (change: Partial<PageQuestion>) => void;
}

interface Choice {
  id: string;
  name: string;
  chance: string;
}

const NONE: Choice = { id: "", name: "anything", chance: "" };

export function TargetPicker({ model, target, ratherThan, onChange }: TargetPickerProps) {
  const choices = useMemo(() => {
    const { id, probability } = model.nodes;
    const logits = logitsOf(model);
    const entries = entriesOf(model, logits);
    // A direction has a weight in place of a probability.
    const isChance = model.record.target_kind !== "directions";
    return logits.map((node, at): Choice => {
      const entry = entries[at];
      return {
        id: id[node] ?? "",
        name: entry ? entryText(entry) : "",
        chance: isChance ? percent(probability[node]) : "",
      };
    });
  }, [model]);
  const chosen = choices.find(({ id }) => id === target) ?? choices[0] ?? NONE;
  const others = [NONE, ...choices.filter(({ id }) => id !== chosen.id)];
  return (
    <>
      <Picker
        label="Target"
        testId="target-picker"
        choices={choices}
        chosen={chosen}
        onChange={(id) => onChange({ target: id })}
      />
      {choices.length > 1 && (
        <span className="target-picker-other">
          rather than{" "}
          <Picker
            label="Rather than"
            testId="rather-than-picker"
            choices={others}
            chosen={others.find(({ id }) => id === ratherThan) ?? NONE}
            // The difference is from the logit that is shown, also where nobody has chosen it.
            onChange={(id) => onChange({ target: chosen.id, ratherThan: id || null })}
          />
        </span>
      )}
    </>
  );
}

interface PickerProps {
  label: string;
  testId: string;
  choices: readonly Choice[];
  chosen: Choice;
  onChange: (id: string) => void;
}

function Picker({ label, testId, choices, chosen, onChange }: PickerProps) {
  return (
    <span className={chosen === NONE ? "target-picker is-none" : "target-picker"}>
      <span className="ellipsis" aria-hidden="true">
        <b className={chosen === NONE ? "" : "token"}>{chosen.name}</b> {chosen.chance}
      </span>
      <select aria-label={label} data-testid={testId} value={chosen.id} onChange={(event) => onChange(event.target.value)}>
        {choices.map(({ id, name, chance }) => (
          <option key={id} value={id}>
            {chance ? `${name}  ${chance}` : name}
          </option>
        ))}
      </select>
    </span>
  );
}
