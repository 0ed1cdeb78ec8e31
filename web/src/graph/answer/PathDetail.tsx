/** A lit row in words: its steps from source to target, whose nodes can be opened. */
import type { GroupBy, PathsAnswer, RankedGroup, RankedPath } from "../../api/types";
import { counted, percent, quantity } from "../../shared/format";
import { tokenAt, type GraphModel } from "../model/model";
import { NodeButton } from "../node/NodeButton";
import { lowers, scoreName, scoreNamed, scoreText, titled, type Score } from "../question/scores";
import { effectText, lowersTarget } from "./effect";
import type { LitSource } from "./rows";
import { stepOfGroup, stepOfNode, stepText } from "./steps";
import "./PathDetail.css";

/** Nodes listed for one step, so that the page does not grow with the graph. */
const MOST_NODES = 60;

interface PathDetailProps {
  model: GraphModel;
  /** The answer that holds the row. */
  answer: PathsAnswer;
  scores: readonly Score[];
  source: LitSource;
  onPick: (node: number) => void;
}

export function PathDetail({ model, answer, scores, source, onPick }: PathDetailProps) {
  const score = scoreNamed(scores, answer.score);
  if ("path" in source) return <PathSteps model={model} score={score} path={source.path} onPick={onPick} />;
  const { group } = source;
  const only = group.members === 1 ? group.best_members[0] : undefined;
  return only ? (
    <PathSteps model={model} score={score} path={only} onPick={onPick} />
  ) : (
    <GroupSteps model={model} score={score} groupBy={answer.group_by} group={group} onPick={onPick} />
  );
}

interface StepNodeProps {
  model: GraphModel;
  id: string;
  onPick: (node: number) => void;
  plain?: boolean;
}

/** A step's node with its activation. */
function StepNode({ model, id, onPick, plain = false }: StepNodeProps) {
  const node = model.ordinalOf.get(id);
  if (node === undefined) return null;
  const activation = model.nodes.activation[node] ?? null;
  return (
    <NodeButton model={model} node={node} onPick={onPick} plain={plain}>
      {activation !== null && (
        <span className="node-button-figure" title="activation">
          {quantity(activation)}
        </span>
      )}
    </NodeButton>
  );
}

/** "4.37 % of the influence on the target", "Contribution −0.12, which lowers the target". */
function ScoreWords({ score, value }: { score: Score; value: number }) {
  const figure = <b>{scoreText(score, value, 2)}</b>;
  if (score.is_share) return <>{figure} of the influence on the target</>;
  return (
    <>
      {titled(scoreName(score))} {figure}
      {lowers(score, value) && ", which lowers the target"}
    </>
  );
}

interface PathStepsProps {
  model: GraphModel;
  score: Score;
  path: RankedPath;
  onPick: (node: number) => void;
}

function PathSteps({ model, score, path, onPick }: PathStepsProps) {
  return (
    <section className="detail" aria-label="The lit path" data-testid="path-detail">
      <h2>{path.nodes.map((node) => stepText(stepOfNode(node), model.writeToken)).join(" → ")}</h2>
      <p className="detail-where">
        <ScoreWords score={score} value={path.score} />, over one path of {counted(path.length, "link")}
      </p>
      <p className="detail-where">{effectText(path.effect, lowersTarget(score, path.score, path.effect))}</p>
      <ol className="path-detail-steps">
        {path.nodes.map((node, at) => {
          const edge = path.edges[at];
          return (
            <li key={node.id}>
              <StepNode model={model} id={node.id} onPick={onPick} />
              {edge && (
                <p className={edge.weight < 0 ? "path-detail-edge inhibits" : "path-detail-edge"}>
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
  score: Score;
  groupBy: GroupBy;
  group: RankedGroup;
  onPick: (node: number) => void;
}

function GroupSteps({ model, score, groupBy, group, onPick }: GroupStepsProps) {
  const steps = group.sequence.map((step) => stepOfGroup(step, groupBy, (position) => tokenAt(model, position)));
  // A heading names one label, so its features go by layer and index; a layer or a supernode holds many labels.
  const isNamed = groupBy === "label" || groupBy === "feature";
  return (
    <section className="detail" aria-label="The lit paths" data-testid="path-detail">
      <h2>{steps.map((step) => stepText(step, model.writeToken)).join(" → ")}</h2>
      <p className="detail-where">
        <ScoreWords score={score} value={group.signed} />
        {score.is_share ? ", over " : ": the sum over "}
        {counted(group.members, "path")}
        {!score.is_share && (
          <>
            , whose absolute sum is <b>{scoreText(score, group.score)}</b>. They carry <b>{percent(group.influence, 2)}</b>{" "}
            of the influence.
          </>
        )}
      </p>
      <p className="detail-where">{effectText(group.effect, lowersTarget(score, group.signed, group.effect))}</p>
      {group.sequence.map((step, at) => {
        const size = step.nodes.length;
        return (
          <div key={at} className="detail-links">
            {step.name !== null && (
              <h3>
                {step.name}
                <span className="figure">{counted(size, "node")}</span>
              </h3>
            )}
            <ul>
              {step.nodes.slice(0, MOST_NODES).map((id) => (
                <li key={id}>
                  <StepNode model={model} id={id} onPick={onPick} plain={step.name !== null && isNamed} />
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
