/** What was computed: of which token, by which model, what its checks found; and the ways to compute it again or to delete it. */
import { ago, moment, quantity, seconds } from "../../../shared/format";
import { useReadOnly } from "../../../shared/hooks/useReadOnly";
import { Trouble } from "../../../shared/Trouble";
import { useNow } from "../../../shared/hooks/useNow";
import type { InternalsAnswer, InternalsPart } from "../../../api/types";
import type { GraphModel } from "../../model/model";
import { tokenName } from "../inside";
import type { Internals } from "../useInternals";
import { checkText, PART_WORDS } from "./words";
import "./Computed.css";

interface ComputedProps {
  model: GraphModel;
  internals: Internals;
  answer: InternalsAnswer;
}

export function Computed({ model, internals: { error, form, onForm, remove, again }, answer }: ComputedProps) {
  const now = useNow();
  const isReadOnly = useReadOnly();
  const missing = Object.entries(answer.missing) as [InternalsPart, string][];
  const took = Object.values(answer.seconds).reduce((sum, each) => sum + each, 0);
  return (
    <header className="computed" data-testid="computed">
      <p className="computed-line">
        <span className="computed-what">
          <span className="token">{model.writeToken(answer.target)}</span>
          {answer.foil !== null && (
            <>
              {" "}
              rather than <span className="token">{model.writeToken(answer.foil)}</span>
            </>
          )}{" "}
          after <span className="token">{tokenName(answer.tokens, answer.position)}</span>
        </span>
        <span className="muted" title={moment(answer.created_at)}>
          {ago(answer.created_at, now)}
        </span>
        {!isReadOnly && form === null && (
          <button type="button" className="chip" data-testid="compute-again" onClick={() => onForm(answer.parameters)}>
            Compute again…
          </button>
        )}
      </p>
      {error && <Trouble error={error} title="The internals" onRetry={again} />}
      <details className="computed-more">
        <summary>
          {missing.length > 0 ? `${missing.length} of its parts ${missing.length === 1 ? "is" : "are"} not shown; how it was computed` : "How it was computed, and what its checks found"}
        </summary>
        <p>
          {answer.model}@{answer.model_revision.slice(0, 12)}, {answer.dtype}, {answer.n_layers} layers of {answer.n_heads} heads, in {seconds(took)}.
        </p>
        {missing.length > 0 && (
          <ul className="computed-missing" data-testid="missing-parts">
            {missing.map(([part, why]) => (
              <li key={part}>
                <b>{PART_WORDS[part]}:</b> {why}
              </li>
            ))}
          </ul>
        )}
        <table data-testid="checks">
          <thead>
            <tr>
              <th scope="col">What was checked on this prompt</th>
              <th scope="col">relative error</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(answer.errors).map(([name, error]) => (
              <tr key={name}>
                <td>{checkText(name)}</td>
                <td className="figure">{quantity(error)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {!isReadOnly && (
          <button type="button" data-testid="delete-internals" onClick={remove}>
            Delete what was computed
          </button>
        )}
      </details>
    </header>
  );
}
