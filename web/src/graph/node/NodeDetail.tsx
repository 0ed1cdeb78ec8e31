/** One node: what it is, how strong, and what it is joined to. */
import { useState } from "react";
import { counted, percent, quantity } from "../../shared/format";
import { layerName, linksOf, nodeName, strongest, tokenAt, type GraphModel } from "../model/model";
import { Icon } from "../../shared/Icon";
import { NodeFilters } from "./NodeFilters";
import type { Filter, PageQuestion } from "../question/question";

interface NodeDetailProps {
  model: GraphModel;
  node: number;
  /** Of all influence on the question's target, what flows through the node; null where nobody asked. */
  flow: number | null;
  onPick: (node: number | null) => void;
  question: Pick<PageQuestion, Filter>;
  onFilter: (filter: Filter, id: string) => void;
}

export function NodeDetail({ model, node, flow, onPick, question, onFilter }: NodeDetailProps) {
  const { nodes } = model;
  const kind = nodes.kind[node] ?? "feature";
  const name = nodeName(model, node);
  const probability = nodes.probability[node] ?? null;
  const activation = nodes.activation[node] ?? null;
  const influence = nodes.node_influence[node] ?? null;
  const cumulative = nodes.cumulative_influence[node] ?? null;
  const index = nodes.index[node] ?? 0;
  return (
    <section className="detail" aria-labelledby="node-name" data-testid="node-detail" data-node-id={nodes.id[node]}>
      <div className="detail-head">
        <h2 id="node-name" className={name.isToken ? "token" : ""}>
          {name.text}
        </h2>
        <button type="button" className="icon-button" aria-label="Close the details" onClick={() => onPick(null)}>
          <Icon name="close" />
        </button>
      </div>
      <p className="detail-where">
        {kind} node · {layerName(model, node)} · at <PositionToken model={model} node={node} />
      </p>
      {kind === "feature" && <NodeFilters id={nodes.id[node] ?? ""} question={question} onFilter={onFilter} />}
      <dl className="figures">
        {probability !== null && <Figure term="probability" value={percent(probability)} />}
        {activation !== null && <Figure term="activation" value={quantity(activation)} />}
        {kind === "feature" && <Figure term="feature" value={`#${index}`} />}
        {(kind === "embedding" || kind === "logit") && <Figure term="token id" value={String(index)} />}
        {influence !== null && (
          <Figure
            term="node influence"
            value={quantity(influence)}
            title="How much of the logits' total influence flows through this node, over the whole trace"
          />
        )}
        {cumulative !== null && (
          <Figure
            term="cumulative influence"
            value={percent(cumulative)}
            title={`This node and all stronger ones hold ${percent(cumulative)} of all node influence: the lower, the more important`}
          />
        )}
        {flow !== null && (
          <Figure
            term="flow to the target"
            value={percent(flow)}
            title="The share of all influence on the chosen target that flows through this node"
          />
        )}
      </dl>
      <Links model={model} node={node} direction="from" onPick={onPick} />
      <Links model={model} node={node} direction="to" onPick={onPick} />
    </section>
  );
}

export function PositionToken({ model, node }: { model: GraphModel; node: number }) {
  const position = model.nodes.position[node] ?? 0;
  return (
    <>
      <span className="token">{tokenAt(model, position)}</span>
      <span className="muted"> (position {position})</span>
    </>
  );
}

function Figure({ term, value, title }: { term: string; value: string; title?: string }) {
  return (
    <div title={title}>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const FEW = 8;
const MANY = 60;

interface LinksProps {
  model: GraphModel;
  node: number;
  direction: "from" | "to";
  onPick: (node: number) => void;
}

function Links({ model, node, direction, onPick }: LinksProps) {
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
    <div className="links" data-testid={incoming ? "comes-from" : "goes-to"}>
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
          const name = nodeName(model, other);
          const isFeature = nodes.kind[other] === "feature";
          return (
            <li key={edge}>
              <button
                type="button"
                className={weight < 0 ? "link inhibits" : "link excites"}
                title={`weight ${quantity(weight)}: ${weight < 0 ? "inhibits" : "excites"}`}
                data-node-id={nodes.id[other]}
                onClick={() => onPick(other)}
              >
                <span className={name.isToken ? "link-name token" : "link-name"}>{name.text}</span>
                <span className="link-where">
                  {isFeature && nodes.label[other] ? `L${nodes.layer[other] ?? 0} ` : ""}
                  {isFeature || nodes.kind[other] === "error" ? (
                    <span className="token">{model.writeToken(nodes.token[other] ?? "")}</span>
                  ) : (
                    ""
                  )}
                </span>
                <span className="score">
                  <span className="sign" aria-label={weight < 0 ? "inhibits" : "excites"}>
                    {weight < 0 ? "−" : "+"}
                  </span>
                  {percent(share)}
                </span>
                <span className="bar" aria-hidden="true">
                  <span style={{ width: `${(share / most) * 100}%` }} />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {links.length > FEW && (
        <button type="button" className="more" onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show ${links.length > MANY ? `the strongest ${MANY}` : `all ${counted(links.length, "link")}`}`}
        </button>
      )}
    </div>
  );
}
