/** What the figures of heads are of, what was checked of them on this prompt, and the file of them. */
import { internalsFile } from "../../../api/client";
import type { InternalsAnswer } from "../../../api/types";
import { quantity } from "../../../shared/format";
import { Icon } from "../../../shared/Icon";
import { Popover } from "../../../shared/popover/Popover";
import { tokenName } from "../inside";
import "./About.css";

/** The checks whose errors tell of heads, with what each is a share of. */
const CHECKS: readonly (readonly [name: string, text: string])[] = [
  ["heads", "attribution: a head’s tokens add up to its figure, error as a share of the largest"],
  ["direct_logit", "direct logit attribution: components add up to the logits, error as a share of their sizes"],
  ["ablation", "ablation: the pass with all heads gives what the prompt gave, error as a share of the largest effect"],
  ["head_edges", "edges: what a head gives to all that is later adds up to its figure, error as a share of the largest"],
  ["completeness", "token attribution: tokens add up to what the prompt changes, error as a share of it"],
  ["loadings_weights", "carried weight: the graph’s edges are found again, relative error"],
  ["loadings_sums", "carried weight: heads and direct parts add up to an edge, relative error"],
];

export function About({ internals }: { internals: InternalsAnswer }) {
  const { target, foil, value, tokens, position, errors, missing, graph, parts } = internals;
  const checks = CHECKS.filter(([name]) => name in errors);
  return (
    <div className="about" data-testid="heads-about">
      <p>
        Attributed: <span className="token">{target.trim() || target}</span>
        {foil !== null && (
          <>
            {" "}
            rather than <span className="token">{foil.trim() || foil}</span>
          </>
        )}{" "}
        after <span className="token">{tokenName(tokens, position)}</span>
        {value !== null && (
          <>
            :{" "}
            <b title={`The ${foil === null ? "logit" : "difference of the two logits"} before any cap`} data-testid="heads-value">
              {quantity(value)} logits
            </b>
          </>
        )}
      </p>
      <div className="about-side">
        {checks.length > 0 && (
          <Popover name="What was checked on this prompt" text="Checks" testId="heads-checks" side="right">
            <table className="about-checks">
              <tbody>
                {checks.map(([name, text]) => (
                  <tr key={name}>
                    <th scope="row">{text}</th>
                    <td>{quantity(errors[name])}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Popover>
        )}
        {parts.includes("heads") && parts.includes("tokens") && (
          <a className="about-file" href={internalsFile(graph)} download={`${graph}-attribution.json`} data-testid="heads-file">
            <Icon name="download" /> Download JSON
          </a>
        )}
      </div>
      {missing.heads && (
        <p className="about-missing" data-testid="heads-missing">
          Not shown: {missing.heads}
        </p>
      )}
    </div>
  );
}
