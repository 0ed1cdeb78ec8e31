/** Where the links of several nodes come from or go to, one line for each node outside them. */
import { useMemo, useState } from "react";
import { counted, percent, quantity } from "../../shared/format";
import type { Lit } from "../model/lit";
import type { GraphModel } from "../model/model";
import { entriesOf } from "../names/entries";
import type { Flow } from "../node/linkFlow";
import { NodeButton } from "../node/NodeButton";
import { setLinks } from "./setLinks";
import "./SetLinks.css";

/** Lines put on the page at once. */
const PART = 40;

interface SetLinksProps {
  model: GraphModel;
  nodes: readonly number[];
  direction: "from" | "to";
  flow: Flow | null;
  onPick: (node: number) => void;
  onHover: (over: Lit | null) => void;
}

export function SetLinks({ model, nodes, direction, flow, onPick, onHover }: SetLinksProps) {
  const [length, setLength] = useState(PART);
  const links = useMemo(() => setLinks(model, nodes, direction, flow), [model, nodes, direction, flow]);
  const listed = links.slice(0, length);
  const entries = entriesOf(model, listed.map(({ node }) => node));
  const left = links.length - listed.length;
  return (
    <div className="detail-links set-links" data-testid={direction === "from" ? "comes-from" : "goes-to"}>
      <h3>
        <span>
          {direction === "from" ? "Comes from" : "Goes to"} <span className="figure">{links.length > 0 && links.length}</span>
        </span>
        {links.length > 0 && (
          <span className="set-links-figures">
            {flow && <span title="What comes from tokens, runs along these links and on to the target">flow</span>}
            <span title="The sum of the links’ weights">weight</span>
          </span>
        )}
      </h3>
      {links.length === 0 && <p className="muted">No link of the pruned graph.</p>}
      <ul>
        {listed.map((link, at) => {
          const entry = entries[at];
          const over: Lit = { nodes: [link.node, ...nodes], edges: [...link.edges] };
          const sign = link.weight < 0 ? "inhibits" : "excites";
          return (
            entry && (
              <li key={link.node} onPointerEnter={() => onHover(over)} onPointerLeave={() => onHover(null)} onFocus={() => onHover(over)} onBlur={() => onHover(null)}>
                <NodeButton id={model.nodes.id[link.node] ?? ""} entry={entry} onPick={() => onPick(link.node)} sign={sign} title={`${counted(link.edges.length, "link")}: ${sign}`}>
                  <span className="set-links-figures">
                    {link.flow !== null && <span>{percent(link.flow)}</span>}
                    <span className={`set-links-weight ${sign}`}>{quantity(link.weight)}</span>
                  </span>
                </NodeButton>
              </li>
            )
          );
        })}
      </ul>
      {left > 0 && (
        <button type="button" onClick={() => setLength(length + PART)}>
          {counted(Math.min(PART, left), "more", "more")}
        </button>
      )}
    </div>
  );
}
