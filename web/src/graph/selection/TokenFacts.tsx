/** A token of the prompt: where it stands, and the features at its position that carry most. */
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
  onHover: (over: Lit | null) => void;
}

interface TokenPlaceProps {
  model: GraphModel;
  position: number;
  onToken: (position: number) => void;
}

/** "position 6, token 7 of 8, also at 3": as nodes and groups say positions, from 0. */
export function TokenPlace({ model, position, onToken }: TokenPlaceProps) {
  const { tokens } = model.record;
  const token = tokenAt(model, position);
  const others = tokens.flatMap((_, at) => (at !== position && tokenAt(model, at) === token ? [at] : []));
  return (
    <p className="detail-where">
      position {position}, token {position + 1} of {tokens.length}
      {others.length > 0 && (
        <>
          , also at{" "}
          {others.map((at) => (
            <button key={at} type="button" className="chip" aria-label={`position ${at}`} onClick={() => onToken(at)}>
              {at}
            </button>
          ))}
        </>
      )}
    </p>
  );
}

export function TokenFacts({ model, position, flow, onPick, onHover }: TokenFactsProps) {
  const { nodes } = model;
  const features = byFlow(
    nodes.id.flatMap((_, node) => (nodes.position[node] === position && nodes.kind[node] === "feature" ? [node] : [])),
    flow?.through ?? null,
  );
  const listed = features.slice(0, MOST);
  return (
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
  );
}
