/**
 * prompt/: the form of a prompt to trace, as a text, several texts, a line each, or a chat; made from what the server lists.
 *
 *     AgainForm -> again.ts;  AgainForm -> PromptForm -> Messages | SplitTokens -> TokenList | Known | Settings -> Targets
 *     all of it over draft.ts, which makes the request
 */
import { useId, useRef, useState, type KeyboardEvent, type SyntheticEvent } from "react";
import { asApiError, submitJob, submitJobs, type ApiError } from "../api/client";
import type { Job, JobRequest, Model, ModelsAnswer, Prompt } from "../api/types";
import { Segmented } from "../shared/choice/Segmented";
import { counted } from "../shared/format";
import { Trouble } from "../shared/Trouble";
import { EMPTY, faultOf, isChat, modelOf, NO_MESSAGES, promptAsked, requestOf, type Draft } from "./draft";
import { Known } from "./Known";
import { Messages } from "./Messages";
import { promptsOf } from "./prompts";
import { Settings } from "./Settings";
import { SplitTokens } from "./SplitTokens";
import "./PromptForm.css";

interface PromptFormProps {
  models: ModelsAnswer | null;
  /** What the form begins with. */
  first: Draft;
  onSubmitted: (job: Job) => void;
  /** Several prompts were queued at once. */
  onQueued: (jobs: readonly Job[]) => void;
}

const KINDS = [
  { value: "text", text: "Text" },
  { value: "chat", text: "Chat" },
] as const;

export function PromptForm({ models, first, onSubmitted, onQueued }: PromptFormProps) {
  const field = useId();
  const fold = useRef<HTMLDetailsElement>(null);
  const [draft, setDraft] = useState(first);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [known, setKnown] = useState<{ jobs: readonly Job[]; requests: readonly JobRequest[] } | null>(null);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const model = modelOf(draft, models);
  const hasMessages = isChat(draft, model);
  const prompts = hasMessages ? [] : promptsOf(draft.text);
  const asked = promptAsked(draft, model);

  const send = async (wanted: readonly Prompt[]) => {
    if (sending) return;
    if (models?.parameters.some((parameter) => faultOf(draft, parameter) !== null)) {
      if (fold.current) fold.current.open = true;
      fold.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
      return;
    }
    await request(wanted.map((prompt) => (models ? requestOf(draft, prompt, models) : prompt)));
  };
  const request = async (requests: readonly JobRequest[]) => {
    setSending(true);
    setError(null);
    setKnown(null);
    const [only] = requests;
    try {
      const jobs = requests.length > 1 ? (await submitJobs(requests)).jobs : only ? [await submitJob(only)] : [];
      const queued = jobs.filter((job) => !job.known);
      if (requests.length > 1) onQueued(queued);
      else queued.forEach(onSubmitted);
      if (queued.length < jobs.length) setKnown({ jobs: jobs.filter((job) => job.known), requests });
      change({ text: "", messages: NO_MESSAGES });
    } catch (reason) {
      setError(asApiError(reason));
    } finally {
      setSending(false);
    }
  };
  const [again] = known?.requests.length === 1 ? known.requests : [];
  /** The server says what a prompt of nothing is. */
  const sendOne = () => void send([asked ?? (hasMessages ? { messages: [...draft.messages] } : { prompt: draft.text })]);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    sendOne();
  };
  /** Enter traces one line. Of several, and of a chat, it makes another; with Ctrl or ⌘ it traces those, too. */
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing || !(event.target instanceof HTMLTextAreaElement)) return;
    const isMeant = event.ctrlKey || event.metaKey || !(event.shiftKey || hasMessages || prompts.length > 1);
    if (!isMeant) return;
    event.preventDefault();
    sendOne();
  };

  return (
    <form className="prompt-form" onSubmit={submit} onKeyDown={press}>
      <div className="prompt-form-head">
        <h1>{hasMessages ? TITLE : <label htmlFor={field}>{TITLE}</label>}</h1>
        {model && model.has_chat_template !== false && (
          <Segmented name="Kind of prompt" value={hasMessages ? "chat" : "text"} options={KINDS} onChoose={(kind) => change({ isChat: kind === "chat" })} />
        )}
      </div>
      {hasMessages && models && <Messages messages={draft.messages} roles={models.roles} most={models.limits.messages} onChange={(messages) => change({ messages })} />}
      <div className="entry">
        {!hasMessages && (
          <textarea
            id={field}
            rows={1}
            value={draft.text}
            placeholder="Type a prompt…"
            autoComplete="off"
            autoFocus={first !== EMPTY}
            spellCheck={false}
            data-testid="prompt-input"
            onChange={(event) => change({ text: event.target.value })}
          />
        )}
        {models && model && <ModelPicker models={models} model={model} draft={draft} onChange={change} />}
        <button type="submit" className="primary" disabled={sending} data-testid="prompt-submit">
          {sending ? "Sending…" : prompts.length > 1 ? "Trace as one" : "Trace"}
        </button>
        {prompts.length > 1 && (
          <button
            type="button"
            disabled={sending}
            data-testid="prompt-queue"
            title="Each line is a prompt of its own"
            onClick={() => void send(prompts.map((prompt) => ({ prompt })))}
          >
            Queue {counted(prompts.length, "prompt")}
          </button>
        )}
      </div>
      {models && model && <SplitTokens model={model} prompt={asked} most={models.limits.characters} />}
      {known && <Known jobs={known.jobs} asked={known.requests.length} onAgain={again ? () => void request([{ ...again, force: true }]) : null} />}
      {error && <Trouble error={error} onDismiss={() => setError(null)} />}
      {models && model && <Settings models={models} model={model} draft={draft} fold={fold} onChange={change} />}
      {model && <Help model={model} onExample={hasMessages ? null : (text) => change({ text })} />}
    </form>
  );
}

const TITLE = "Why does the model say what it says next?";

interface ModelPickerProps {
  models: ModelsAnswer;
  model: Model;
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}

/** Where there is more than one to choose from. */
function ModelPicker({ models, model, draft, onChange }: ModelPickerProps) {
  return (
    <>
      {models.models.length > 1 && (
        <select aria-label="Model" value={model.name} onChange={({ target }) => onChange({ model: target.value, transcoders: null })}>
          {models.models.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      {model.transcoders.length > 1 && (
        <select aria-label="Transcoder set" value={draft.transcoders ?? model.transcoders[0]?.name ?? ""} onChange={({ target }) => onChange({ transcoders: target.value })}>
          {model.transcoders.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
    </>
  );
}

/** `onExample`: null where examples, which are texts, do not fit. */
function Help({ model, onExample }: { model: Model; onExample: ((text: string) => void) | null }) {
  return (
    <div className="prompt-form-help">
      {onExample && model.examples.length > 0 && (
        <ul className="prompt-form-examples" aria-label="Example prompts">
          {model.examples.slice(0, 6).map((example) => (
            <li key={example}>
              <button type="button" className="chip" onClick={() => onExample(example)}>
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
        {onExample && " Several, a line each (Shift+Enter), are queued at once."}
      </p>
    </div>
  );
}
