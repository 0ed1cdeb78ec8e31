/** A feature of any graph, found by its label, its explanation, or its layer and index. */
import { useState } from "react";
import { findAll } from "../../api/client";
import { useSettled } from "../../shared/hooks/useSettled";
import { useAnswer } from "../../shared/useAnswer";
import { featureKeyName, isFeatureKey } from "../results/keys";
import { Combo } from "./Combo";
import { featureChoices } from "./features";
import { Picked } from "./Picked";
import { LISTED, PAUSE, type Picking } from "./picking";

export function FeaturePicker({ value, onChange, ...rest }: Picking) {
  const [typed, setTyped] = useState("");
  /** What was chosen is called what it was called in the list. */
  const [name, setName] = useState("");
  const sought = useSettled(typed.trim(), PAUSE);
  const { answer, loading, error } = useAnswer(value === "" && sought !== "" ? `features ${sought}` : null, async (signal) => featureChoices(await findAll(sought, LISTED, signal)));
  if (value !== "") {
    const id = isFeatureKey(value) ? featureKeyName(value) : value;
    return <Picked text={name || id} detail={name !== "" && name !== id ? id : undefined} title={value} onDrop={() => onChange("")} />;
  }
  const isSought = sought !== "";
  const note = error ? error.detail : !isSought ? "Type a label, or a layer and an index: L20 #44686." : answer?.length === 0 ? "No stored feature is called so." : "";
  return (
    <Combo
      {...rest}
      text={typed}
      placeholder="Texas, or L20 #44686"
      choices={isSought ? (answer ?? []) : []}
      note={note}
      isBusy={isSought && (loading || sought !== typed.trim())}
      onText={(text) => {
        if (isFeatureKey(text.trim())) {
          setName("");
          onChange(text.trim());
        } else setTyped(text);
      }}
      onPick={(choice) => {
        setName(choice.text);
        onChange(choice.value);
      }}
    />
  );
}
