/**
 * The Tokens tab: what each token of the prompt adds to the prediction, by integrated gradients, and what is predicted at each.
 *
 *     TokenAttribution -> TokenBars | TokenFigures | AtToken;  attributed.ts (tokens, words, and the heads that moved them)
 */
import { useMemo, useState } from "react";
import { tokenAt } from "../../model/model";
import type { InsideProps } from "../inside";
import { wordsOf } from "../promptWords";
import { AtToken } from "./AtToken";
import { barsOf } from "./attributed";
import { TokenBars } from "./TokenBars";
import { TokenFigures } from "./TokenFigures";
import "./TokenAttribution.css";

export function TokenAttribution({ model, internals, inside, onInside, onHead, onTab, onCompute, pointed }: InsideProps) {
  const { token_attribution: attribution, target, foil, position } = internals;
  const n = internals.tokens.length;
  const words = useMemo(() => wordsOf(model), [model]);
  const spans = useMemo(
    () => (inside.words ? words : Array.from({ length: n }, (_, at) => ({ first: at, last: at, text: tokenAt(model, at) }))),
    [inside.words, words, n, model],
  );
  const [chosen, setChosen] = useState(position);
  const at = spans.find(({ first, last }) => first <= chosen && chosen <= last) ?? spans[0];
  const bars = useMemo(() => barsOf(attribution ?? [], spans), [attribution, spans]);
  const said = <span className="token">{model.writeToken(target)}</span>;
  return (
    <section className="token-attribution" aria-label="Token attribution" data-testid="token-attribution">
      <header className="token-attribution-head">
        <h2>
          What makes the model say {said}
          {foil !== null && (
            <>
              {" "}
              rather than <span className="token">{model.writeToken(foil)}</span>
            </>
          )}
        </h2>
        {words.length < n && (
          <label>
            <input type="checkbox" checked={inside.words} onChange={() => onInside({ words: !inside.words })} /> Words as one
          </label>
        )}
      </header>
      <p className="muted token-attribution-about">
        A bar is what a token adds to the {foil === null ? "logit" : "difference of the two logits"} at <span className="token">{tokenAt(model, position)}</span> ({position}), by
        integrated gradients: up and <span className="token-attribution-for">blue</span> for {said}, down and <span className="token-attribution-against">orange</span>{" "}
        against it. Choose a token to see what is predicted there.
      </p>
      <TokenBars bars={bars} chosen={at?.first ?? 0} predicted={position} pointed={pointed} onChoose={setChosen} />
      <div className="token-attribution-under">
        {at && <AtToken model={model} internals={internals} span={at} notation={inside.notation} onHead={onHead} onTab={onTab} />}
        <TokenFigures model={model} internals={internals} onCompute={onCompute} />
      </div>
    </section>
  );
}
