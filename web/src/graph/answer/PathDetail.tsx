/** A lit row in words: its steps from source to target, whose nodes can be opened. */
import { Fragment } from "react";
import type { GroupBy, PathEffect, PathsAnswer, RankedGroup, RankedPath } from "../../api/types";
import { counted, percent, quantity } from "../../shared/format";
import { litPath } from "../model/lit";
import { ordinalsOf, type GraphModel } from "../model/model";
import type { Subject } from "../model/testable";
import { entriesOf, entryText } from "../names/entries";
import { byFlow } from "../node/linkFlow";
import { NodeButton } from "../node/NodeButton";
import { TestButton } from "../node/TestButton";
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
  /** The flow through each node to the target; null while it is not known. */
  flow: readonly number[] | null;
  onPick: (node: number) => void;
  /** Selects several nodes, to pin or group them. */
  onSelect: (nodes: readonly number[]) => void;
  onLink: (edge: number) => void;
  onTest: (subjects: readonly Subject[]) => void;
}

export function PathDetail({ model, answer, scores, source, flow, onPick, onSelect, onLink, onTest }: PathDetailProps) {
  const score = scoreNamed(scores, answer.score);
  const group = "group" in source ? source.group : null;
  const path = "path" in source ? source.path : group?.members === 1 ? group.best_members[0] : undefined;
  if (path) return <PathSteps model={model} score={score} path={path} flow={flow} onPick={onPick} onSelect={onSelect} onLink={onLink} onTest={onTest} />;
  return (
    group && (
      <GroupSteps model={model} score={score} groupBy={answer.group_by} group={group} flow={flow} onPick={onPick} onSelect={onSelect} onTest={onTest} />
    )
  );
}

/** Selects the nodes of a row, or of one of its steps. */
const SelectNodes = ({ what, nodes, onSelect }: { what: string; nodes: readonly number[]; onSelect: (nodes: readonly number[]) => void }) => (
  <button type="button" className="path-detail-select" title="To pin, group, hide or test them" onClick={() => onSelect(nodes)}>
    Select {what}
  </button>
);

interface StepNodesProps {
  model: GraphModel;
  nodes: readonly number[];
  flow: readonly number[] | null;
  onPick: (node: number) => void;
  plain?: boolean;
}

/** A step's nodes with what flows through them. */
function StepNodes({ model, nodes, flow, onPick, plain = false }: StepNodesProps) {
  return entriesOf(model, nodes, plain).map((entry, at) => {
    const node = nodes[at] ?? 0;
    return (
      <li key={node}>
        <NodeButton id={model.nodes.id[node] ?? ""} entry={entry} onPick={() => onPick(node)}>
          {flow && (
            <span className="node-button-figure" title="flow: the share of the target’s influence that passes through this node">
              {percent(flow[node])}
            </span>
          )}
        </NodeButton>
      </li>
    );
  });
}

/** What a row's paths do to the target; their contribution only where it is not the score, which is said before. */
function EffectWords({ score, value, effect }: { score: Score; value: number; effect: PathEffect }) {
  const said = score.name === "contribution" ? { ...effect, contribution: null } : effect;
  return <p className="detail-where">{effectText(said, lowersTarget(score, value, effect))}</p>;
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
  flow: readonly number[] | null;
  onPick: (node: number) => void;
  onSelect: (nodes: readonly number[]) => void;
  onLink: (edge: number) => void;
  onTest: (subjects: readonly Subject[]) => void;
}

function PathSteps({ model, score, path, flow, onPick, onSelect, onLink, onTest }: PathStepsProps) {
  const nodes = ordinalsOf(model, path.nodes.map(({ id }) => id));
  return (
    <section className="detail" aria-label="The lit path" data-testid="path-detail">
      <h2 tabIndex={-1}>{path.nodes.map((node) => stepText(stepOfNode(model, node))).join(" → ")}</h2>
      <p className="detail-where">
        <ScoreWords score={score} value={path.score} />, over one path of {counted(path.length, "link")}
      </p>
      <EffectWords score={score} value={path.score} effect={path.effect} />
      <p className="path-detail-actions">
        <TestButton
          model={model}
          subjects={nodes.map((node) => ({ name: entriesOf(model, [node]).map(entryText).join(), nodes: [node] }))}
          onTest={onTest}
        />
      </p>
      <Caption shown={flow !== null} />
      <ol className="path-detail-steps">
        {path.nodes.map((step, at) => {
          const { id } = step;
          const edge = path.edges[at];
          const node = model.ordinalOf.get(id);
          const link = edge && litPath(model, { ...path, nodes: path.nodes.slice(at, at + 2) }).edges[0];
          const words = edge && (
            <>
              {edge.weight < 0 ? "inhibits" : "excites"}, {percent(edge.share)} of the next node’s input
              <span className="muted"> (weight {quantity(edge.weight)})</span>
            </>
          );
          return (
            <Fragment key={id}>
              {node !== undefined ? (
                <StepNodes model={model} nodes={[node]} flow={flow} onPick={onPick} />
              ) : (
                <li title="In the whole trace, and not in the pruned graph that is drawn">
                  {stepText(stepOfNode(model, step))} <span className="muted">pruned away</span>
                </li>
              )}
              {edge && (
                <li className={edge.weight < 0 ? "path-detail-link inhibits" : "path-detail-link"}>
                  {link === undefined ? (
                    words
                  ) : (
                    <button type="button" className="path-detail-words" title="Open this link" onClick={() => onLink(link)}>
                      {words}
                    </button>
                  )}
                </li>
              )}
            </Fragment>
          );
        })}
      </ol>
      <SelectNodes what="its nodes" nodes={nodes} onSelect={onSelect} />
    </section>
  );
}

/** Over the column of figures. */
const Caption = ({ shown }: { shown: boolean }) => shown && <p className="path-detail-caption">flow to the target</p>;

interface GroupStepsProps {
  model: GraphModel;
  score: Score;
  groupBy: GroupBy;
  group: RankedGroup;
  flow: readonly number[] | null;
  onPick: (node: number) => void;
  onSelect: (nodes: readonly number[]) => void;
  onTest: (subjects: readonly Subject[]) => void;
}

function GroupSteps({ model, score, groupBy, group, flow, onPick, onSelect, onTest }: GroupStepsProps) {
  const steps = group.sequence.map((step) => stepOfGroup(model, step, groupBy));
  // A heading names one label, so its features go by layer and index; a layer or a supernode holds many labels.
  const isNamed = groupBy === "label" || groupBy === "feature";
  const nodesAt = group.sequence.map((step) => ordinalsOf(model, step.nodes));
  const subjects = nodesAt.map((nodes, at) => ({ name: steps[at] ? stepText(steps[at]) : "", nodes }));
  return (
    <section className="detail" aria-label="The lit paths" data-testid="path-detail">
      <h2 tabIndex={-1}>{steps.map(stepText).join(" → ")}</h2>
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
      <EffectWords score={score} value={group.signed} effect={group.effect} />
      <p className="path-detail-actions">
        <TestButton model={model} subjects={subjects} onTest={onTest} />
      </p>
      <Caption shown={flow !== null} />
      {group.sequence.map((step, at) => {
        const nodes = byFlow(nodesAt[at] ?? [], flow);
        return (
          <div key={at} className="detail-links">
            {step.name !== null && (
              <h3>
                {step.name}
                <span className="figure">{counted(nodes.length, "node")}</span>
              </h3>
            )}
            <ul>
              <StepNodes model={model} nodes={nodes.slice(0, MOST_NODES)} flow={flow} onPick={onPick} plain={step.name !== null && isNamed} />
            </ul>
            {nodes.length > MOST_NODES && (
              <p className="muted">and {counted(nodes.length - MOST_NODES, "more node", "more nodes")} of less flow</p>
            )}
            {nodes.length > 1 && <SelectNodes what={`these ${nodes.length}`} nodes={nodes} onSelect={onSelect} />}
          </div>
        );
      })}
    </section>
  );
}
