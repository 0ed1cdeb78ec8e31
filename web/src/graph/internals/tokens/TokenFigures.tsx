/** What the bars add up to, what they are against, and how exactly they add up. */
import { count, percent, quantity } from "../../../shared/format";
import { useReadOnly } from "../../../shared/hooks/useReadOnly";
import type { GraphModel } from "../../model/model";
import type { InsideProps } from "../inside";
import { MOST_MISSED } from "./attributed";
import "./TokenFigures.css";

interface TokenFiguresProps extends Pick<InsideProps, "internals" | "onCompute"> {
  model: GraphModel;
}

export function TokenFigures({ model, internals, onCompute }: TokenFiguresProps) {
  const isReadOnly = useReadOnly();
  const { token_attribution: attribution, value, baseline, baseline_value: at, points, foil, errors } = internals;
  const what = foil === null ? "logit" : "difference of logits";
  const missed = errors.completeness;
  const rows: [string, string, string][] = [
    [`${what} f(x)`, quantity(value), "Of the prompt as it is"],
    ["of the baseline f(b)", quantity(at), "Of the prompt with the baseline in its tokens' place"],
    ["f(x) − f(b)", quantity(value === null || at === null ? null : value - at), "What the bars are to add up to"],
    ["sum of the bars", quantity((attribution ?? []).reduce((sum, each) => sum + each, 0)), "All tokens together"],
    ["completeness error", percent(missed, 2), "By how much the sum misses, as a share of f(x) − f(b)"],
    ["gradients taken", points === null ? "–" : count(points), "More where the way from baseline to prompt is less smooth"],
  ];
  return (
    <section className="token-figures detail" aria-label="What the bars add up to" data-testid="token-figures">
      <h3>What the bars add up to</h3>
      <dl className="detail-figures">
        {rows.map(([term, figure, title]) => (
          <div key={term} title={title}>
            <dt>{term}</dt>
            <dd>{figure}</dd>
          </div>
        ))}
      </dl>
      {missed !== undefined && missed > MOST_MISSED && (
        <p className="token-figures-warning" role="note" data-testid="incomplete">
          The bars miss more than {percent(MOST_MISSED, 0)} of the difference: read small ones with care.
        </p>
      )}
      {baseline && (
        <p data-testid="baseline">
          <b>Baseline:</b>{" "}
          {baseline.kind === "token" ? (
            <>
              the token <span className="token">{model.writeToken(baseline.token ?? "")}</span> at every position
            </>
          ) : baseline.kind === "zeros" ? (
            "an embedding of zeros at every position"
          ) : (
            "the mean of all embeddings at every position"
          )}
          {baseline.keeps_bos && (
            <>
              {" "}
              but the first, which stays <span className="token">{model.writeToken(internals.tokens[0] ?? "")}</span> and so adds nothing
            </>
          )}
          . The bars depend on it: they say what a token adds in the baseline’s place.
        </p>
      )}
      {!isReadOnly && (
        <p>
          <button type="button" className="chip" data-testid="other-baseline" onClick={() => onCompute({})}>
            Compute with another baseline…
          </button>
        </p>
      )}
    </section>
  );
}
