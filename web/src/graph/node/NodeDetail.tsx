/**
 * graph/node/: one node in words.
 *
 *     NodeDetail -> NodeFilters | TestButton | OtherGraphs | AttendsTo | NodeLinks -> NodeButton | linkFlow.ts;  NodeDetail -> feature/
 */
import type { Annotation } from "../../feature/annotation/useAnnotation";
import type { LabelChange } from "../../feature/feature";
import { FeatureFacts } from "../../feature/FeatureFacts";
import { FeatureLabel } from "../../feature/FeatureLabel";
import { useFeature } from "../../feature/useFeature";
import { percent, quantity } from "../../shared/format";
import { Icon } from "../../shared/Icon";
import { layerName, nodeName, tokenAt, type GraphModel } from "../model/model";
import { featureOf } from "../model/featureOf";
import type { Lit } from "../model/lit";
import type { Subject } from "../model/testable";
import { entriesOf, entryText } from "../names/entries";
import type { Filter, PageQuestion } from "../question/question";
import type { Flow } from "./linkFlow";
import { AttendsTo } from "./AttendsTo";
import { NodeFilters } from "./NodeFilters";
import { NodeLinks } from "./NodeLinks";
import { OtherGraphs } from "./OtherGraphs";
import { TestButton } from "./TestButton";
import "./NodeDetail.css";

interface NodeDetailProps {
  model: GraphModel;
  node: number;
  /** The flow to the question's target; null while it is not known. */
  flow: Flow | null;
  onPick: (node: number | null) => void;
  onHover: (over: Lit | null) => void;
  question: PageQuestion;
  /** The id of the question's target. */
  target: string | null;
  onFilter: (filter: Filter, id: string) => void;
  onChange: (change: Partial<PageQuestion>) => void;
  /** Of the names of features. */
  revision: number;
  onNamed: () => void;
  /** A person's name of the feature has changed. */
  onLabelled: (label: LabelChange) => void;
  annotation: Annotation;
  onTest: (subjects: readonly Subject[]) => void;
}

export function NodeDetail({
  model,
  node,
  flow,
  onPick,
  onHover,
  question,
  target,
  onFilter,
  onChange,
  revision,
  onNamed,
  onLabelled,
  annotation,
  onTest,
}: NodeDetailProps) {
  const { nodes } = model;
  const kind = nodes.kind[node] ?? "feature";
  const feature = kind === "feature" ? featureOf(model, node) : null;
  const asked = useFeature(feature, revision);
  const name = nodeName(model, node);
  const probability = nodes.probability[node] ?? null;
  const activation = nodes.activation[node] ?? null;
  const influence = nodes.node_influence[node] ?? null;
  const cumulative = nodes.cumulative_influence[node] ?? null;
  const index = nodes.index[node] ?? 0;
  // A direction that was chosen as a target is no token: it has a weight, and an index above all tokens'.
  const isDirection = kind === "logit" && model.record.target_kind === "directions";
  const isOfToken = index >= 0 && (kind === "embedding" || (kind === "logit" && !isDirection));
  return (
    <section className="detail" aria-labelledby="node-name" data-testid="node-detail" data-node-id={nodes.id[node]}>
      <div className="detail-head">
        <h2 id="node-name" className={name.isToken ? "token" : name.isInferred ? "inferred" : ""} tabIndex={-1}>
          {name.text}
        </h2>
        <button type="button" className="icon-button" aria-label="Close the details" onClick={() => onPick(null)}>
          <Icon name="close" />
        </button>
      </div>
      {feature && (
        <FeatureLabel
          feature={feature}
          label={nodes.label[node] ?? null}
          origin={nodes.label_origin[node] ?? null}
          record={asked.answer}
          onNamed={onNamed}
          onLabelled={onLabelled}
        />
      )}
      <p className="detail-where">
        {kind} node · {layerName(model, node)} · at <PositionToken model={model} node={node} />
      </p>
      <div className="node-detail-actions">
        <NodeFilters id={nodes.id[node] ?? ""} kind={kind} target={target} question={question} onFilter={onFilter} onChange={onChange} />
        {kind === "feature" && (
          <TestButton model={model} subjects={[{ name: entriesOf(model, [node]).map(entryText).join(), nodes: [node] }]} onTest={onTest} />
        )}
      </div>
      <dl className="detail-figures node-detail-figures">
        {probability !== null && isDirection && <Figure term="weight" value={quantity(probability)} />}
        {probability !== null && !isDirection && <Figure term="probability" value={percent(probability)} />}
        {activation !== null && <Figure term="activation" value={quantity(activation)} />}
        {kind === "feature" && <Figure term="feature" value={`#${index}`} />}
        {kind === "logit" && nodes.label[node] && <Figure term="name" value={nodes.label[node]} />}
        {isOfToken && <Figure term="token id" value={String(index)} />}
        {flow && (
          <Figure
            term="flow to the target"
            value={percent(flow.through[node])}
            title="The share of the target’s influence that comes from tokens and passes through this node"
          />
        )}
        {influence !== null && (
          <Figure
            term="influence on all logits"
            value={quantity(influence)}
            title="Over all paths of the whole trace from this node to the logits, weighted by their probabilities"
          />
        )}
        {cumulative !== null && (
          <Figure
            term="within the first"
            value={percent(cumulative)}
            title={`This node and all of more influence on the logits hold ${percent(cumulative)} of it: the lower, the more important`}
          />
        )}
      </dl>
      {feature && (
        <FeatureFacts asked={asked} annotation={annotation}>
          {asked.answer && <OtherGraphs feature={feature} record={asked.answer} graph={model.record.id} />}
        </FeatureFacts>
      )}
      <AttendsTo model={model} node={node} onPick={onPick} />
      <NodeLinks model={model} node={node} direction="from" flow={flow} onPick={onPick} onHover={onHover} />
      <NodeLinks model={model} node={node} direction="to" flow={flow} onPick={onPick} onHover={onHover} />
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
