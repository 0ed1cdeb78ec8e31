/** A prompt to trace, with the model's examples. */
import { useId, useState, type SyntheticEvent } from "react";
import { asApiError, submitJob, type ApiError } from "../api/client";
import type { Job, ModelsAnswer } from "../api/types";
import { Trouble } from "../shared/Trouble";
import "./PromptForm.css";

interface PromptFormProps {
  models: ModelsAnswer | null;
  onSubmitted: (job: Job) => void;
}

export function PromptForm({ models, onSubmitted }: PromptFormProps) {
  const field = useId();
  const [prompt, setPrompt] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [set, setSet] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const listed = models?.models ?? [];
  const model = listed.find((each) => each.name === chosen) ?? listed[0] ?? null;

  const send = async () => {
    setSending(true);
    setError(null);
    try {
      const job = await submitJob({ prompt, model: model?.name ?? null, transcoders: set });
      setPrompt("");
      onSubmitted(job);
    } catch (reason) {
      setError(asApiError(reason));
    } finally {
      setSending(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!sending) void send();
  };

  return (
    <form className="prompt-form" onSubmit={submit}>
      <h1>
        <label htmlFor={field}>Why does the model say what it says next?</label>
      </h1>
      <div className="entry">
        <input
          id={field}
          value={prompt}
          placeholder="Type a prompt…"
          autoComplete="off"
          spellCheck={false}
          data-testid="prompt-input"
          onChange={(event) => setPrompt(event.target.value)}
        />
        {listed.length > 1 && (
          <select
            aria-label="Model"
            value={model?.name ?? ""}
            onChange={(event) => {
              setChosen(event.target.value);
              setSet(null);
            }}
          >
            {listed.map((each) => (
              <option key={each.name} value={each.name}>
                {each.name}
              </option>
            ))}
          </select>
        )}
        {model && model.transcoders.length > 1 && (
          <select aria-label="Transcoder set" value={set ?? ""} onChange={(event) => setSet(event.target.value || null)}>
            {model.transcoders.map((name, at) => (
              <option key={name} value={at === 0 ? "" : name}>
                {name}
              </option>
            ))}
          </select>
        )}
        <button type="submit" className="primary" disabled={sending} data-testid="prompt-submit">
          {sending ? "Sending…" : "Trace"}
        </button>
      </div>
      {error && <Trouble error={error} onDismiss={() => setError(null)} />}
      {model && (
        <div className="prompt-form-help">
          {model.examples.length > 0 && (
            <ul className="prompt-form-examples" aria-label="Example prompts">
              {model.examples.slice(0, 6).map((example) => (
                <li key={example}>
                  <button type="button" className="chip" onClick={() => setPrompt(example)}>
                    {example}
                  </button>
                </li>
              ))}
            </ul>
          )}
          <p className="muted">
            {model.name}
            {model.description && `: ${model.description.replace(/[.\s]+$/, "")}`}.
            {typeof model.context_length === "number" && ` Prompts of up to ${model.context_length} tokens.`}
          </p>
        </div>
      )}
    </form>
  );
}
