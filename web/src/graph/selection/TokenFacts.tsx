/** A token of the prompt: where else it stands, and the features at its position that carry most. */
import { percent } from "../../shared/format";
import type { Lit } from "../model/lit";
import { tokenAt, type GraphModel } from "../model/model";
import { entriesOf } from "../names/entries";
import { byFlow, type Flow } from "../node/linkFlow";
import { NodeButton } from "../node/NodeButton";

/** Features that are listed. */
const MOST = 30;

interface TokenFactsProps {
  model: GraphModel;
  position: number;
  flow: Flow | null;
  onPick: (node: number) => void;
  onToken: (position: number) => void;
  onHover: (over: Lit | null) => void;
}

export function TokenFacts({ model, position, flow, onPick, onToken, onHover }: TokenFactsProps) {
  const { nodes, record } = model;
  const token = tokenAt(model, position);
  const others = record.tokens.flatMap((_, at) => (at !== position && tokenAt(model, at) === token ? [at] : []));
  const features = byFlow(
    nodes.id.flatMap((_, node) => (nodes.position[node] === position && nodes.kind[node] === "feature" ? [node] : [])),
    flow?.through ?? null,
  );
  const listed = features.slice(0, MOST);
  return (
    <>
      <p className="detail-where">
        token {position + 1} of {record.tokens.length}
        {others.length > 0 && (
          <>
            , also at{" "}
            {others.map((at) => (
              <button key={at} type="button" className="chip" onClick={() => onToken(at)}>
                {at + 1}
              </button>
            ))}
          </>
        )}
      </p>
      <div className="detail-links" data-testid="token-features">
        <h3>
          <span>
            Features here <span className="figure">{features.length}</span>
          </span>
          {flow && features.length > 0 && <span className="figure">flow</span>}
        </h3>
        {features.length === 0 && <p className="muted">The pruned graph has none at this token.</p>}
        <ul>
          {entriesOf(model, listed).map((entry, at) => {
            const node = listed[at] ?? 0;
            return (
              <li key={node} onPointerEnter={() => onHover({ nodes: [node], edges: [] })} onPointerLeave={() => onHover(null)}>
                <NodeButton id={nodes.id[node] ?? ""} entry={entry} onPick={() => onPick(node)}>
                  {flow && <span className="figure">{percent(flow.through[node])}</span>}
                </NodeButton>
              </li>
            );
          })}
        </ul>
        {features.length > MOST && <p className="muted">and {features.length - MOST} of less flow</p>}
      </div>
    </>
  );
}
