/** The tokens of what is typed, as the model will read them. */
import { splitPrompt } from "../api/client";
import type { Model, Prompt } from "../api/types";
import { count, counted } from "../shared/format";
import { isPassing, useAnswer } from "../shared/useAnswer";
import { TokenList } from "./TokenList";
import { useSettled } from "../shared/hooks/useSettled";
import "./SplitTokens.css";

/** Milliseconds that nothing is typed before the server is asked. */
const PAUSE = 250;
/** Tokens that are shown. */
const MOST_TOKENS = 500;

interface SplitTokensProps {
  model: Model;
  /** Null: there is none. */
  prompt: Prompt | null;
  /** Characters that the server splits. */
  most: number;
}

export function SplitTokens({ model, prompt, most }: SplitTokensProps) {
  const isLong = lengthOf(prompt) > most;
  const asked = prompt === null || isLong || model.why_no_tokens !== null ? null : JSON.stringify([model.name, prompt]);
  const settled = useSettled(asked, PAUSE);
  const { answer, loading, error } = useAnswer(asked && settled, (signal) => {
    const [name, question] = JSON.parse(settled ?? "") as [string, Prompt];
    return splitPrompt(name, question, signal);
  });
  if (prompt === null) return null;
  if (isLong) return <p className="split-tokens muted">Only prompts of up to {count(most)} characters are split while they are typed.</p>;
  if (model.why_no_tokens !== null) return <p className="split-tokens muted">{model.why_no_tokens}</p>;
  if (error && !isPassing(error)) {
    return (
      <p className="split-tokens is-refused" role="status" data-testid="split-refused">
        {error.detail}
      </p>
    );
  }
  if (answer === null) return null;
  const { tokens } = answer;
  const isBeyond = model.context_length !== null && tokens.length > model.context_length;
  return (
    <div className="split-tokens" aria-busy={loading || settled !== asked} data-testid="split-tokens">
      <p className={isBeyond ? "split-tokens-count is-refused" : "split-tokens-count muted"} role={isBeyond ? "status" : undefined}>
        {counted(tokens.length, "token")}
        {model.context_length !== null && ` of at most ${count(model.context_length)}`}
      </p>
      <TokenList tokens={tokens.slice(0, MOST_TOKENS)} total={tokens.length} />
    </div>
  );
}

function lengthOf(prompt: Prompt | null): number {
  const texts = prompt?.messages?.map(({ content }) => content) ?? [prompt?.prompt ?? ""];
  return texts.reduce((sum, text) => sum + text.length, 0);
}
