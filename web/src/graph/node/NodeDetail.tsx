/**
 * graph/node/: one node in words.
 *
 *     NodeDetail -> NodeFilters | NodeLinks -> NodeButton
 */
import { percent, quantity } from "../../shared/format";
import { Icon } from "../../shared/Icon";
import type { Lit } from "../model/lit";
import { layerName, nodeName, tokenAt, type GraphModel } from "../model/model";
import type { Filter, PageQuestion } from "../question/question";
import { NodeFilters } from "./NodeFilters";
import { NodeLinks } from "./NodeLinks";
import "./NodeDetail.css";

interface NodeDetailProps {
  model: GraphModel;
  node: number;
  /** The share of all influence on the question's target that flows through the node; null while it loads. */
  flow: number | null;
  onPick: (node: number | null) => void;
  onHover: (over: Lit | null) => void;
  question: Pick<PageQuestion, Filter>;
  onFilter: (filter: Filter, id: string) => void;
}

export function NodeDetail({ model, node, flow, onPick, onHover, question, onFilter }: NodeDetailProps) {
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
      <dl className="detail-figures node-detail-figures">
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
      <NodeLinks model={model} node={node} direction="from" onPick={onPick} onHover={onHover} />
      <NodeLinks model={model} node={node} direction="to" onPick={onPick} onHover={onHover} />
    </section>
  );
}

function PositionToken({ model, node }: { model: GraphModel; node: number }) {
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
