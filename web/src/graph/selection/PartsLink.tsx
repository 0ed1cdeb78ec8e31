/** A link between two parts of the circuit: its sums, and the graph's links that make it up. */
import { useMemo, type ReactNode } from "react";
import type { DrawnAnswer } from "../../api/types";
import { percent, quantity } from "../../shared/format";
import { VirtualList } from "../../shared/list/VirtualList";
import type { Lit } from "../model/lit";
import type { GraphModel } from "../model/model";
import type { Selection } from "../model/selection";
import { entriesOf, type Entry } from "../names/entries";
import { linkFlow, type Flow } from "../node/linkFlow";
import { memberLinks } from "./memberLinks";
import "./PartsLink.css";

/** What it is an end of, as the circuit has it. */
export interface LinkEnd {
  name: string;
  nodes: readonly number[];
  /** What is selected where it is chosen. */
  selection: Selection;
}

/** The link as the circuit's answer has it. */
export type InCircuit = Pick<DrawnAnswer["links"][number], "share" | "effect">;

interface PartsLinkProps {
  model: GraphModel;
  source: LinkEnd;
  target: LinkEnd;
  /** Null: the circuit does not draw it as one link, or has not answered yet. */
  inCircuit: InCircuit | null;
  /** What the question is about: "Austin". */
  about: string;
  flow: Flow | null;
  onSelect: (selection: Selection) => void;
  onHover: (over: Lit | null) => void;
  /** What can be done with it. */
  children: ReactNode;
}

/** Pixels: two lines. */
const ROW = 42;

export function PartsLink({ model, source, target, inCircuit, about, flow, onSelect, onHover, children }: PartsLinkProps) {
  const { edges, nodes } = model;
  const links = useMemo(() => memberLinks(model, source.nodes, target.nodes, flow), [model, source.nodes, target.nodes, flow]);
  // Names are told apart among all that are listed, once.
  const names = useMemo(() => {
    const all = [...source.nodes, ...target.nodes];
    const entries = entriesOf(model, all);
    return new Map(all.map((node, at) => [node, entries[at]] as const));
  }, [model, source.nodes, target.nodes]);
  const one = target.nodes.length === 1;
  return (
    <>
      <p className="detail-where">
        {[source, target].map((end, at) => (
          <span key={at}>
            {at === 0 ? "from " : " to "}
            <button type="button" className="chip" data-testid={at === 0 ? "link-source" : "link-target"} onClick={() => onSelect(end.selection)}>
              {end.name}
            </button>
          </span>
        ))}
      </p>
      <p className="parts-link-actions">{children}</p>
      <dl className="detail-figures" data-testid="parts-link-facts">
        <div title="The sum of the weights of the links below. Each is in units of the input of the node that it leads to">
          <dt>weight, summed</dt>
          <dd>{quantity(links.weight)}</dd>
        </div>
        <div title="By the links that excite">
          <dt>for</dt>
          <dd className="parts-link-for">{quantity(links.exciting)}</dd>
        </div>
        <div title="By the links that inhibit">
          <dt>against</dt>
          <dd className="parts-link-against">{quantity(links.inhibiting)}</dd>
        </div>
        {inCircuit && (
          <div title={`Of ${target.name}, with the signs of the links${one ? "" : "; a mean over its nodes"}`}>
            <dt>of the input</dt>
            <dd>{percent(inCircuit.share).replace("-", "−")}</dd>
          </div>
        )}
        {inCircuit && inCircuit.effect.influence > 0 && (
          <>
            <div title={`Of paths that begin at ${source.name} and go first to ${target.name}`}>
              <dt>influence on {about}</dt>
              <dd>{percent(inCircuit.effect.influence)}</dd>
            </div>
            <div title={`How much of that raises ${about}, and how much lowers it`}>
              <dt>raises · lowers it</dt>
              <dd>
                <span className="parts-link-for">{percent(inCircuit.effect.raising)}</span> · <span className="parts-link-against">{percent(inCircuit.effect.lowering)}</span>
              </dd>
            </div>
          </>
        )}
        {links.flow !== null && (
          <div title="What comes from tokens, runs along these links and on to the target">
            <dt>flow to the target</dt>
            <dd>{percent(links.flow)}</dd>
          </div>
        )}
      </dl>
      <div className="detail-links parts-link-links">
        <h3>
          <span>
            Links <span className="figure">{links.edges.length > 0 && links.edges.length}</span>
          </span>
          {links.edges.length > 0 && (
            <span className="parts-link-figures">
              {flow && <span title="What comes from tokens, runs along the link and on to the target">flow</span>}
              <span title="By which these are ordered">weight</span>
            </span>
          )}
        </h3>
        {links.edges.length === 0 && <p className="muted">The pruned graph has no link from one into the other.</p>}
        <VirtualList
          n={links.edges.length}
          rowHeight={ROW}
          label={`The links from ${source.name} to ${target.name}, the heaviest first`}
          testId="member-links"
          row={(at) => {
            const edge = links.edges[at] ?? 0;
            const [from, to] = [edges.source[edge] ?? 0, edges.target[edge] ?? 0];
            const weight = edges.weight[edge] ?? 0;
            const over = { onPointerEnter: () => onHover({ nodes: [from, to], edges: [edge] }), onPointerLeave: () => onHover(null) };
            return (
              <button
                type="button"
                className={`parts-link-row ${weight < 0 ? "inhibits" : "excites"}`}
                data-from={nodes.id[from]}
                data-to={nodes.id[to]}
                {...over}
                onFocus={over.onPointerEnter}
                onBlur={over.onPointerLeave}
                onClick={() => {
                  onHover(null);
                  onSelect({ kind: "link", edge });
                }}
              >
                <End entry={names.get(from)} />
                <span className="parts-link-figures">
                  {flow && <span>{percent(linkFlow(model, flow, edge))}</span>}
                  <span className={weight < 0 ? "parts-link-against" : "parts-link-for"}>{quantity(weight)}</span>
                </span>
                <End entry={names.get(to)} arrow />
              </button>
            );
          }}
        />
      </div>
    </>
  );
}

function End({ entry, arrow = false }: { entry: Entry | undefined; arrow?: boolean }) {
  if (!entry) return null;
  const { name, note, place } = entry;
  return (
    <span className={arrow ? "parts-link-end parts-link-to" : "parts-link-end"}>
      {arrow && "→ "}
      <span className={name.isToken ? "token" : name.isInferred ? "inferred" : ""}>{name.text}</span>{" "}
      <span className="parts-link-where">
        {note && `${note} `}
        {place && <span className="token">{place}</span>}
      </span>
    </span>
  );
}
