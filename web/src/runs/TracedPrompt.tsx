/** How a job's model split its prompt, and what it holds likely next. */
import { Fragment } from "react";
import type { TracedPrompt as Traced } from "../api/types";
import { counted, exactToken, percent } from "../shared/format";
import { TokenList } from "../prompt/TokenList";
import "./TracedPrompt.css";

/** Predictions beside the count of tokens; the others are in the graph. */
const MOST = 5;

export function TracedPrompt({ traced: { tokens, n_tokens: total, predictions, target_kind: kind } }: { traced: Traced }) {
  return (
    <details className="traced-prompt" data-testid="traced-prompt">
      <summary>
        {counted(total, "token")}, {kind === "predictions" ? "then likely" : kind === "tokens" ? "towards" : "along"}{" "}
        {predictions.slice(0, MOST).map(({ token, probability }, at) => (
          <Fragment key={at}>
            {at > 0 && ", "}
            <span className="traced-prompt-next">
              <b className="token">{kind === "directions" ? token : exactToken(token)}</b>
              {typeof probability === "number" && ` ${percent(probability)}`}
            </span>
          </Fragment>
        ))}
      </summary>
      <TokenList tokens={tokens} total={total} />
    </details>
  );
}
