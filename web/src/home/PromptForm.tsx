/** A prompt to trace, or several, a line each, with the model's examples. */
import { useId, useState, type KeyboardEvent, type SyntheticEvent } from "react";
import { asApiError, submitJob, submitJobs, type ApiError } from "../api/client";
import type { Job, ModelsAnswer } from "../api/types";
import { counted } from "../shared/format";
import { Trouble } from "../shared/Trouble";
import { promptOf, promptsOf } from "./prompts";
import "./PromptForm.css";

interface PromptFormProps {
  models: ModelsAnswer | null;
  onSubmitted: (job: Job) => void;
  /** Several prompts were queued at once. */
  onQueued: (jobs: readonly Job[]) => void;
}

export function PromptForm({ models, onSubmitted, onQueued }: PromptFormProps) {
  const field = useId();
  const [prompt, setPrompt] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [set, setSet] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const listed = models?.models ?? [];
  const model = listed.find((each) => each.name === chosen) ?? listed[0] ?? null;

  const prompts = promptsOf(prompt);

  const send = async (isMany: boolean) => {
    if (sending) return;
    setSending(true);
    setError(null);
    const asked = (one: string) => ({ prompt: one, model: model?.name ?? null, transcoders: set });
    try {
      if (isMany) onQueued((await submitJobs(prompts.map(asked))).jobs);
      else onSubmitted(await submitJob(asked(promptOf(prompt))));
      setPrompt("");
    } catch (reason) {
      setError(asApiError(reason));
    } finally {
      setSending(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void send(false);
  };
  /** Enter traces one line. Of several, it makes another. */
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || prompts.length > 1) return;
    event.preventDefault();
    void send(false);
  };

  return (
    <form className="prompt-form" onSubmit={submit}>
      <h1>
        <label htmlFor={field}>Why does the model say what it says next?</label>
      </h1>
      <div className="entry">
        <textarea
          id={field}
          rows={1}
          value={prompt}
          placeholder="Type a prompt…"
          autoComplete="off"
          spellCheck={false}
          data-testid="prompt-input"
          onChange={(event) => setPrompt(event.target.value)}
          onKeyDown={press}
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
          {sending ? "Sending…" : prompts.length > 1 ? "Trace as one" : "Trace"}
        </button>
        {prompts.length > 1 && (
          <button type="button" disabled={sending} data-testid="prompt-queue" title="Each line is a prompt of its own" onClick={() => void send(true)}>
            Queue {counted(prompts.length, "prompt")}
          </button>
        )}
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
            {typeof model.context_length === "number" && ` Prompts of up to ${model.context_length} tokens.`} Several, a line each (Shift+Enter), are queued at once.
          </p>
        </div>
      )}
    </form>
  );
}
