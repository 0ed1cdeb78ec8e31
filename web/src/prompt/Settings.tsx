/** All that a job may be asked for beside its prompt, as the server lists it; folded, with what was changed on the fold. */
import { useId, type RefObject } from "react";
import type { Model, ModelsAnswer, Parameter } from "../api/types";
import { changesOf, EMPTY, faultOf, helpOf, isNumeric, titleOf, type Draft } from "./draft";
import { Targets } from "./Targets";
import "./Settings.css";

interface SettingsProps {
  models: ModelsAnswer;
  model: Model;
  draft: Draft;
  fold: RefObject<HTMLDetailsElement | null>;
  onChange: (change: Partial<Draft>) => void;
}

export function Settings({ models, model, draft, fold, onChange }: SettingsProps) {
  const changes = changesOf(draft, models);
  const { typed, targets, ratherThan, options } = EMPTY;
  return (
    <details className="settings" ref={fold} data-testid="settings">
      <summary>
        Settings
        {changes.length > 0 && (
          <span className="settings-changed" data-testid="settings-changed">
            {changes.join(" · ")}
          </span>
        )}
      </summary>
      <div className="settings-fields">
        {models.parameters.map((parameter) =>
          parameter.kind === "targets" ? (
            <Targets key={parameter.name} draft={draft} onChange={onChange} />
          ) : (
            <Field key={parameter.name} parameter={parameter} draft={draft} onTyped={(text) => onChange({ typed: { ...draft.typed, [parameter.name]: text } })} />
          ),
        )}
        {models.options.map((option) => (
          <Check
            key={option.name}
            parameter={option}
            isOn={draft.options.includes(option.name)}
            onChange={(isOn) => onChange({ options: [...draft.options.filter((each) => each !== option.name), ...(isOn ? [option.name] : [])] })}
          />
        ))}
      </div>
      <p className="settings-foot">
        <button type="button" disabled={changes.length === 0} onClick={() => onChange({ typed, targets, ratherThan, options })}>
          Reset
        </button>
        <span className="muted">
          {model.name} runs in {model.dtype} on {model.device ?? "a GPU, where there is one"}, by circuit-tracer’s backend {model.backend};{" "}
          {model.comes_from === "folder" ? "its files are on the server’s machine." : "its files come from a hub, at its first prompt."}
        </span>
      </p>
    </details>
  );
}

function Field({ parameter, draft, onTyped }: { parameter: Parameter; draft: Draft; onTyped: (text: string) => void }) {
  const id = useId();
  const help = useId();
  const fault = faultOf(draft, parameter);
  const text = draft.typed[parameter.name] ?? (parameter.default === null ? "" : String(parameter.default));
  if (parameter.kind === "boolean") return <Check parameter={parameter} isOn={text === "true"} onChange={(isOn) => onTyped(String(isOn))} />;
  return (
    <div className="settings-field">
      <label htmlFor={id}>{titleOf(parameter)}</label>
      {parameter.kind === "choice" ? (
        <select id={id} value={text} aria-describedby={help} onChange={({ target }) => onTyped(target.value)}>
          {parameter.nullable && <option value="">–</option>}
          {parameter.choices?.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          type="text"
          inputMode={isNumeric(parameter) ? "decimal" : "text"}
          value={text}
          autoComplete="off"
          aria-describedby={help}
          aria-invalid={fault !== null}
          onChange={({ target }) => onTyped(target.value)}
        />
      )}
      <p id={help} className={fault === null ? "settings-help muted" : "settings-help is-wrong"}>
        {fault ?? helpOf(parameter)}
      </p>
    </div>
  );
}

function Check({ parameter, isOn, onChange }: { parameter: Parameter; isOn: boolean; onChange: (isOn: boolean) => void }) {
  const help = useId();
  return (
    <div className="settings-field">
      <label className="settings-check">
        <input type="checkbox" checked={isOn} aria-describedby={help} onChange={({ target }) => onChange(target.checked)} />
        {titleOf(parameter)}
      </label>
      <p id={help} className="settings-help muted">
        {helpOf(parameter)}
      </p>
    </div>
  );
}
