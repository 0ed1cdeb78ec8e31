/** What is computed of a prompt's internals, where it is to be other than the server's choice. */
import { useId } from "react";
import type { InternalsAnswer, InternalsParameters } from "../../../api/types";
import { tokenAt, type GraphModel } from "../../model/model";
import { PARTS, PART_WORDS, TOWARDS_WORDS } from "./words";
import "./Options.css";

interface OptionsProps {
  model: GraphModel;
  /** What was computed before, or null. */
  answer: InternalsAnswer | null;
  options: InternalsParameters;
  onChange: (options: InternalsParameters) => void;
}

export function Options({ model, answer, options, onChange }: OptionsProps) {
  const likely = useId();
  const { tokens } = model.record;
  const position = options.position ?? tokens.length - 1;
  const predictions = answer?.predictions[position]?.map(({ token }) => token) ?? [];
  const set = (change: InternalsParameters) => onChange({ ...options, ...change });
  const typed = (text: string) => (text === "" ? null : text);
  const parts = options.parts ?? PARTS;
  const hasFoil = options.has_foil ?? true;
  return (
    <div className="options" data-testid="internals-options">
      <datalist id={likely}>
        {predictions.map((token) => (
          <option key={token} value={token} />
        ))}
      </datalist>
      <label className="options-field">
        <span>Predicted at</span>
        <select value={position} onChange={({ target }) => set({ position: Number(target.value) === tokens.length - 1 ? null : Number(target.value) })}>
          {tokens.map((_, at) => (
            <option key={at} value={at}>
              {at}: {tokenAt(model, at)}
            </option>
          ))}
        </select>
      </label>
      <label className="options-field">
        <span>Target token</span>
        <input type="text" list={likely} value={options.target ?? ""} placeholder="the most probable" onChange={({ target }) => set({ target: typed(target.value) })} />
      </label>
      <label className="options-field">
        <span>rather than</span>
        <input
          type="text"
          list={likely}
          value={options.foil ?? ""}
          disabled={!hasFoil}
          placeholder={hasFoil ? "the second most probable" : "nothing"}
          onChange={({ target }) => set({ foil: typed(target.value) })}
        />
      </label>
      <label className="options-check">
        <input type="checkbox" checked={!hasFoil} onChange={({ target }) => set({ has_foil: !target.checked, foil: target.checked ? null : (options.foil ?? null) })} />
        The target alone, told apart from no other token
      </label>
      <label className="options-field">
        <span>Baseline token</span>
        <input type="text" value={options.baseline ?? ""} placeholder="the model’s own rule" onChange={({ target }) => set({ baseline: typed(target.value) })} />
      </label>
      <label className="options-field">
        <span>Logit attribution towards</span>
        <select value={options.towards ?? "predictions"} onChange={({ target }) => set({ towards: target.value as keyof typeof TOWARDS_WORDS })}>
          {Object.entries(TOWARDS_WORDS).map(([towards, text]) => (
            <option key={towards} value={towards}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <fieldset className="options-parts">
        <legend>Parts</legend>
        {PARTS.map((part) => (
          <label key={part} className="options-check">
            <input
              type="checkbox"
              checked={parts.includes(part)}
              onChange={({ target }) => set({ parts: PARTS.filter((each) => (each === part ? target.checked : parts.includes(each))) })}
            />
            {PART_WORDS[part]}
          </label>
        ))}
        <label className="options-check">
          <input type="checkbox" checked={options.verify ?? true} onChange={({ target }) => set({ verify: target.checked })} />
          every head ablated too, beside its attribution
        </label>
      </fieldset>
    </div>
  );
}
