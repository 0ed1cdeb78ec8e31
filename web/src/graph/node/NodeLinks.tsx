/** The strongest links of a node in one direction. */
import { useState } from "react";
import { counted, percent, quantity } from "../../shared/format";
import type { Lit } from "../model/lit";
import { linksOf, strongest, type GraphModel } from "../model/model";
import { NodeButton } from "./NodeButton";
import "./NodeLinks.css";

const FEW = 8;
const MANY = 60;

interface NodeLinksProps {
  model: GraphModel;
  node: number;
  direction: "from" | "to";
  onPick: (node: number) => void;
  /** The pointer or the focus is on a link of the list; null: it has left. */
  onHover: (over: Lit | null) => void;
}

export function NodeLinks({ model, node, direction, onPick, onHover }: NodeLinksProps) {
  const [all, setAll] = useState(false);
  const { edges, nodes } = model;
  const incoming = direction === "from";
  const kind = nodes.kind[node];
  const links = linksOf(incoming ? model.incoming : model.outgoing, node);
  const shown = strongest(model, links, all ? MANY : FEW);
  const most = edges.share[shown[0] ?? -1] ?? 1;
  const none = incoming
    ? kind === "embedding"
      ? "A token's embedding is where paths start."
      : kind === "error"
        ? "An error node has no inputs: it is what the transcoder did not explain."
        : "Nothing in the pruned graph leads here."
    : kind === "logit"
      ? "A logit is where paths end."
      : "Nothing in the pruned graph starts here.";
  return (
    <div className="detail-links node-links" data-testid={incoming ? "comes-from" : "goes-to"}>
      <h3 title={incoming ? "Shares of what flows into this node" : "Shares of what flows into the other node"}>
        {incoming ? "Comes from" : "Goes to"}
        {links.length > 0 && <span className="figure">{links.length}</span>}
      </h3>
      {links.length === 0 && <p className="muted">{none}</p>}
      <ul>
        {shown.map((edge) => {
          const other = (incoming ? edges.source[edge] : edges.target[edge]) ?? 0;
          const share = edges.share[edge] ?? 0;
          const weight = edges.weight[edge] ?? 0;
          const sign = weight < 0 ? "inhibits" : "excites";
          return (
            <li
              key={edge}
              onPointerEnter={() => onHover({ nodes: [other], edges: [edge] })}
              onPointerLeave={() => onHover(null)}
              onFocus={() => onHover({ nodes: [other], edges: [edge] })}
              onBlur={() => onHover(null)}
            >
              <NodeButton model={model} node={other} onPick={onPick} sign={sign} title={`weight ${quantity(weight)}: ${sign}`}>
                <span className="node-button-figure">
                  <span className="node-links-sign" aria-label={sign}>
                    {weight < 0 ? "−" : "+"}
                  </span>
                  {percent(share)}
                </span>
                <span className="bar" aria-hidden="true">
                  <span style={{ width: `${(share / most) * 100}%` }} />
                </span>
              </NodeButton>
            </li>
          );
        })}
      </ul>
      {links.length > FEW && (
        <button type="button" className="node-links-more" onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show ${links.length > MANY ? `the strongest ${MANY}` : `all ${counted(links.length, "link")}`}`}
        </button>
      )}
    </div>
  );
}
