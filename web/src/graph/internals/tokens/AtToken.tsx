/** One token: what the model predicts there, and the heads that moved what it says to the prediction. */
import { percent, quantity } from "../../../shared/format";
import type { GraphModel } from "../../model/model";
import type { TokenSpan } from "../../model/pieces";
import { headName, type InsideProps } from "../inside";
import { wordName } from "../promptWords";
import { movedFrom } from "./attributed";
import "./AtToken.css";

interface AtTokenProps extends Pick<InsideProps, "internals" | "onHead" | "onTab"> {
  model: GraphModel;
  span: TokenSpan;
  notation: InsideProps["inside"]["notation"];
}

/** The others are taken together; the Heads tab has all. */
const MOST_HEADS = 6;

export function AtToken({ model, internals, span, notation, onHead, onTab }: AtTokenProps) {
  const { last } = span;
  const predictions = internals.predictions[last] ?? [];
  const moved = internals.sankey && movedFrom(internals.sankey, span, MOST_HEADS);
  const most = Math.max(0, ...(moved ?? []).map(({ value }) => Math.abs(value)));
  return (
    <section className="at-token" aria-label="The chosen token" data-testid="at-token">
      <h3>
        <span>
          Predicted after <span className="token">{wordName(span)}</span>
        </span>
      </h3>
      <ol data-testid="predicted-here">
        {predictions.map(({ token, probability }) => (
          <li key={token} className="at-token-row">
            <span className="token ellipsis">{model.writeToken(token)}</span>
            <span className="bar">
              <span style={{ width: `${100 * probability}%` }} />
            </span>
            <span className="figure">{percent(probability)}</span>
          </li>
        ))}
      </ol>
      {internals.sankey && (
        <>
          <h3>
            Moved from here by heads <span className="figure">part of their attribution</span>
          </h3>
          {moved === null ? (
            <p className="muted">
              It is among the positions that the Sankey takes together.{" "}
              <button type="button" className="chip" onClick={() => onTab("heads")}>
                Heads
              </button>
            </p>
          ) : (
            <ul data-testid="moved-by">
              {moved.map(({ head, value }) => (
                <li key={head ? headName(head, "dot") : "others"} className="at-token-row">
                  {head ? (
                    <button type="button" className="chip" title="Select the head" onClick={() => onHead(head, { query: internals.position, key: last })}>
                      {headName(head, notation)}
                    </button>
                  ) : (
                    <span className="muted">other heads</span>
                  )}
                  <span className="bar">
                    <span className={value < 0 ? "at-token-against" : "at-token-for"} style={{ width: `${(100 * Math.abs(value)) / (most || 1)}%` }} />
                  </span>
                  <span className="figure">{quantity(value)}</span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}
