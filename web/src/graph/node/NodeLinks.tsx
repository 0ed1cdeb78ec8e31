/** All links of a node in one direction, in a box of its own that scrolls. */
import { useMemo, useState, type UIEvent } from "react";
import { percent, quantity } from "../../shared/format";
import { usePainted } from "../../shared/hooks/usePainted";
import type { Lit } from "../model/lit";
import { linksOf, type GraphModel } from "../model/model";
import { entriesOf } from "../names/entries";
import { byOnward, byShare, linkFlow, type Flow } from "./linkFlow";
import { NodeButton } from "./NodeButton";
import "./NodeLinks.css";

/** Pixels: a row's height, and the box's share of the window's (NodeLinks.css). */
const ROW = 29;
const BOX = 0.34;
/** Links put on the page once those are painted, and again when the end is near, so that a hub of thousands opens as quickly as others. */
const PART = 100;
/** Pixels from the end. */
const NEAR = 400;

interface NodeLinksProps {
  model: GraphModel;
  node: number;
  direction: "from" | "to";
  /** Null while it is not known: links are in the order of their shares. */
  flow: Flow | null;
  onPick: (node: number) => void;
  /** The pointer or the focus is on a link of the list; null: it has left. */
  onHover: (over: Lit | null) => void;
}

const HEADS = {
  from: { title: "Comes from", help: "The share of this node’s input, by which these are ordered" },
  to: { title: "Goes to", help: "The share of the other node’s input" },
};
const FLOW_HELP = "The share of the target’s influence that comes from tokens, runs along the link and on to the target";

export function NodeLinks({ model, node, direction, flow, onPick, onHover }: NodeLinksProps) {
  // With the node, as many as the box shows.
  const [first] = useState(() => Math.ceil(Math.max(220, BOX * window.innerHeight) / ROW) + 1);
  const [most, setMost] = useState(PART);
  const length = usePainted() ? most : first;
  const { edges, nodes } = model;
  const incoming = direction === "from";
  const head = HEADS[direction];
  // A hub has thousands, which are not to be sorted and named with each hover elsewhere.
  const ordered = useMemo(() => {
    const links = linksOf(incoming ? model.incoming : model.outgoing, node);
    const others = incoming ? model.edges.source : model.edges.target;
    const sorted = incoming || !flow ? byShare(model, links) : byOnward(model, flow, links);
    const nodes = sorted.map((edge) => others[edge] ?? 0);
    return entriesOf(model, nodes).map((entry, at) => ({ entry, edge: sorted[at] ?? 0, other: nodes[at] ?? 0 }));
  }, [model, node, incoming, flow]);
  // Bars are as long as the figure by which the list is ordered.
  const size = (edge: number): number => (incoming || !flow ? (edges.share[edge] ?? 0) : linkFlow(model, flow, edge));
  const largest = size(ordered[0]?.edge ?? -1) || 1;
  const grow = ({ currentTarget: box }: UIEvent<HTMLElement>) => {
    if (length < ordered.length && box.scrollTop + box.clientHeight > box.scrollHeight - NEAR) setMost(length + PART);
  };
  return (
    <div className={`detail-links node-links is-${direction}`} data-testid={incoming ? "comes-from" : "goes-to"}>
      <h3>
        <span>
          {head.title} <span className="figure">{ordered.length > 0 && ordered.length}</span>
        </span>
        {ordered.length > 0 && (
          <span className="node-links-figures">
            {flow && <span title={FLOW_HELP}>flow</span>}
            <span title={head.help}>of input</span>
          </span>
        )}
      </h3>
      {ordered.length === 0 && <p className="muted">{none(nodes.kind[node], incoming)}</p>}
      <ul className="node-links-box" onScroll={grow}>
        {ordered.slice(0, length).map(({ entry, edge, other }, at) => {
          const weight = edges.weight[edge] ?? 0;
          const sign = weight < 0 ? "inhibits" : "excites";
          return (
            <li
              key={edge}
              className={at < first ? undefined : "is-below"}
              onPointerEnter={() => onHover({ nodes: [other], edges: [edge] })}
              onPointerLeave={() => onHover(null)}
              onFocus={() => onHover({ nodes: [other], edges: [edge] })}
              onBlur={() => onHover(null)}
            >
              <NodeButton
                id={nodes.id[other] ?? ""}
                entry={entry}
                onPick={() => onPick(other)}
                sign={sign}
                title={`weight ${quantity(weight)}: ${sign}`}
              >
                <span className="node-links-figures">
                  {flow && <span className="node-links-flow">{percent(linkFlow(model, flow, edge))}</span>}
                  <span className="node-links-share">
                    <span className="node-links-sign" aria-hidden="true">
                      {weight < 0 ? "−" : "+"}
                    </span>
                    {percent(edges.share[edge])}
                    <span className="unseen"> of the input, {sign}</span>
                  </span>
                </span>
                <span className="bar" aria-hidden="true">
                  <span style={{ width: `${(size(edge) / largest) * 100}%` }} />
                </span>
              </NodeButton>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Why a node has no links in a direction. */
function none(kind: string | undefined, incoming: boolean): string {
  if (!incoming) return kind === "logit" ? "A logit is where paths end." : "Nothing in the pruned graph starts here.";
  if (kind === "embedding") return "A token’s embedding is where paths start.";
  if (kind === "error") return "An error node has no inputs: it is what the transcoder did not explain.";
  return "Nothing in the pruned graph leads here.";
}
