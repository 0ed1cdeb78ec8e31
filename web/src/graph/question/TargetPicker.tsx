/** The target to explain: one of the graph's logits, the difference of two, or a feature. */
import { useMemo } from "react";
import { percent } from "../../shared/format";
import { logitsOf, type GraphModel } from "../model/model";
import { entriesOf, entryText } from "../names/entries";
import type { PageQuestion } from "./question";
import "./TargetPicker.css";

interface TargetPickerProps {
  model: GraphModel;
  /** A logit's or a feature node's id; null: the most probable logit. */
  target: string | null;
  /** Another logit node's id; null: the target is no difference. */
  ratherThan: string | null;
  onChange: (change: Partial<PageQuestion>) => void;
  /** Lets the reader choose any feature. */
  onOther: () => void;
}

interface Choice {
  id: string;
  name: string;
  chance: string;
  isToken: boolean;
}

const NONE: Choice = { id: "", name: "anything", chance: "", isToken: false };
const OTHER: Choice = { id: "other", name: "a feature…", chance: "", isToken: false };

export function TargetPicker({ model, target, ratherThan, onChange, onOther }: TargetPickerProps) {
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
        isToken: true,
      };
    });
  }, [model]);
  const node = target === null ? undefined : model.ordinalOf.get(target);
  const feature = node !== undefined && model.nodes.kind[node] === "feature" ? entriesOf(model, [node])[0] : undefined;
  const own: Choice[] = feature && target !== null ? [{ id: target, name: entryText(feature), chance: "", isToken: false }] : [];
  const chosen = own[0] ?? choices.find(({ id }) => id === target) ?? choices[0] ?? NONE;
  const others = [NONE, ...choices.filter(({ id }) => id !== chosen.id)];
  return (
    <>
      <Picker
        label="Target"
        testId="target-picker"
        choices={[...own, ...choices, OTHER]}
        chosen={chosen}
        onChange={(id) => (id === OTHER.id ? onOther() : onChange({ target: id }))}
      />
      {choices.length > 1 && !feature && (
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
        <b className={chosen.isToken ? "token" : ""}>{chosen.name}</b> {chosen.chance}
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
