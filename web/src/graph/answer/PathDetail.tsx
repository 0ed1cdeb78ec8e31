/** A lit row in words: its steps from source to target, each node there to be opened. */
import { counted, featureName, percent, quantity } from "../../shared/format";
import { nodeName, tokenAt, type GraphModel } from "../model/model";
import type { PathsAnswer, RankedGroup, RankedPath, ScoreName } from "../../api/types";
import type { LitSource } from "./rows";
import { lowers, scoreName, scoreText, titled } from "../question/scores";
import { stepOfGroup, stepOfNode, stepText } from "./steps";

/** Listed of one step: the page does not grow with the graph. */
const MOST_NODES = 60;

interface PathDetailProps {
  model: GraphModel;
  /** The answer that the row is of. */
  answer: PathsAnswer;
  source: LitSource;
  onPick: (node: number) => void;
}

export function PathDetail({ model, answer, source, onPick }: PathDetailProps) {
  if ("path" in source) return <PathSteps model={model} score={answer.score} path={source.path} onPick={onPick} />;
  const { group } = source;
  const only = group.members === 1 ? group.best_members[0] : undefined;
  return only ? (
    <PathSteps model={model} score={answer.score} path={only} onPick={onPick} />
  ) : (
    <GroupSteps model={model} answer={answer} group={group} onPick={onPick} />
  );
}

interface NodeButtonProps {
  model: GraphModel;
  id: string;
  onPick: (node: number) => void;
  /** Name a feature by layer and index: its label is said above. */
  plain?: boolean;
}

function NodeButton({ model, id, onPick, plain = false }: NodeButtonProps) {
  const node = model.ordinalOf.get(id);
  if (node === undefined) return null;
  const { nodes } = model;
  const name = nodeName(model, node);
  const activation = nodes.activation[node] ?? null;
  const within = nodes.kind[node] === "feature" || nodes.kind[node] === "error";
  const layer = nodes.layer[node] ?? 0;
  const isPlain = plain && nodes.kind[node] === "feature";
  return (
    <button type="button" className="step-node" data-node-id={id} onClick={() => onPick(node)}>
      <span className={name.isToken ? "link-name token" : "link-name"}>
        {isPlain ? featureName(layer, nodes.index[node] ?? 0) : name.text}
      </span>
      <span className="link-where">
        {within && nodes.label[node] && !isPlain ? `L${layer} ` : ""}
        {within && <span className="token">{model.writeToken(nodes.token[node] ?? "")}</span>}
      </span>
      {activation !== null && (
        <span className="score" title="activation">
          {quantity(activation)}
        </span>
      )}
    </button>
  );
}

/** "4.37 % of the influence on the prediction", "Contribution −0.12, which lowers the prediction". */
function Score({ score, value }: { score: ScoreName; value: number }) {
  const figure = <b>{scoreText(score, value, 2)}</b>;
  if (score === "influence") return <>{figure} of the influence on the prediction</>;
  return (
    <>
      {titled(scoreName(score))} {figure}
      {lowers(score, value) && ", which lowers the prediction"}
    </>
  );
}

interface PathStepsProps {
  model: GraphModel;
  score: ScoreName;
  path: RankedPath;
  onPick: (node: number) => void;
}

function PathSteps({ model, score, path, onPick }: PathStepsProps) {
  return (
    <section className="detail" aria-label="The lit path" data-testid="path-detail">
      <h2>{path.nodes.map((node) => stepText(stepOfNode(node), model.writeToken)).join(" → ")}</h2>
      <p className="detail-where">
        <Score score={score} value={path.score} />, over one path of {counted(path.length, "link")}
      </p>
      <ol className="steps">
        {path.nodes.map((node, at) => {
          const edge = path.edges[at];
          return (
            <li key={node.id}>
              <NodeButton model={model} id={node.id} onPick={onPick} />
              {edge && (
                <p className={edge.weight < 0 ? "edge inhibits" : "edge excites"}>
                  {edge.weight < 0 ? "inhibits" : "excites"}, {percent(edge.share)} of the next node’s input
                  <span className="muted"> (weight {quantity(edge.weight)})</span>
                </p>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

interface GroupStepsProps {
  model: GraphModel;
  answer: PathsAnswer;
  group: RankedGroup;
  onPick: (node: number) => void;
}

function GroupSteps({ model, answer, group, onPick }: GroupStepsProps) {
  const { score, group_by: groupBy } = answer;
  const steps = group.sequence.map((step) => stepOfGroup(step, groupBy, (position) => tokenAt(model, position)));
  // Under a heading of their label features need their own names only; a layer's or a supernode's have many labels.
  const isNamed = groupBy === "label" || groupBy === "feature";
  return (
    <section className="detail" aria-label="The lit paths" data-testid="path-detail">
      <h2>{steps.map((step) => stepText(step, model.writeToken)).join(" → ")}</h2>
      <p className="detail-where">
        <Score score={score} value={group.signed} />
        {score === "influence" ? ", over " : ": the sum over "}
        {counted(group.members, "path")}
        {score !== "influence" && (
          <>
            , whose absolute sum is <b>{scoreText(score, group.score)}</b>. They carry <b>{percent(group.influence, 2)}</b>{" "}
            of the influence.
          </>
        )}
      </p>
      {group.sequence.map((step, at) => {
        const size = step.nodes.length;
        return (
          <div key={at} className="links">
            {step.name !== null && (
              <h3>
                {step.name}
                <span className="figure">{counted(size, "node")}</span>
              </h3>
            )}
            <ul>
              {step.nodes.slice(0, MOST_NODES).map((id) => (
                <li key={id}>
                  <NodeButton model={model} id={id} onPick={onPick} plain={step.name !== null && isNamed} />
                </li>
              ))}
            </ul>
            {size > MOST_NODES && <p className="muted">and {counted(size - MOST_NODES, "more node", "more nodes")}</p>}
          </div>
        );
      })}
    </section>
  );
}
