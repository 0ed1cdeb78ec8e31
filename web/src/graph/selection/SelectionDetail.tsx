/**
 * graph/selection/: what is selected, where it is no single node: several nodes, a supernode, a link or a token.
 *
 *     SelectionDetail -> SelectionFilters | LinkFacts | TokenFacts | SetLinks -> setLinks.ts;  PartsLink -> memberLinks.ts
 */
import { useMemo, type ReactNode } from "react";
import { counted, percent } from "../../shared/format";
import { Icon } from "../../shared/Icon";
import type { Lit } from "../model/lit";
import { nodeName, type GraphModel } from "../model/model";
import { nodesAt, supernodeAt, type Selection } from "../model/selection";
import type { Subject } from "../model/testable";
import { entriesOf } from "../names/entries";
import { placeName } from "../names/places";
import { byFlow, type Flow } from "../node/linkFlow";
import { NodeButton } from "../node/NodeButton";
import { TestButton } from "../node/TestButton";
import type { Filter, PageQuestion } from "../question/question";
import { SupernodeForm } from "../work/SupernodeForm";
import type { Edit, Work } from "../work/work";
import { LinkFacts } from "./LinkFacts";
import { PartsLink, type InCircuit, type LinkEnd } from "./PartsLink";
import { innerLinks } from "./setLinks";
import { SelectionFilters } from "./SelectionFilters";
import { SetLinks } from "./SetLinks";
import { TokenFacts, TokenPlace } from "./TokenFacts";
import "./SelectionDetail.css";

/** Members that are listed. */
const MOST = 60;

interface SelectionDetailProps {
  model: GraphModel;
  selection: Selection;
  /** The nodes of the selection. */
  nodes: readonly number[];
  /** The flow to the question's target; null while it is not known. */
  flow: Flow | null;
  work: Work;
  /** What the circuit says of the selected link between two of its parts; null: nothing. */
  inCircuit: InCircuit | null;
  /** What the circuit is about: "Austin". */
  about: string;
  question: PageQuestion;
  onFilter: (filter: Filter, selector: string) => void;
  onEdit: (edit: Edit) => void;
  onSelect: (selection: Selection | null) => void;
  onHover: (over: Lit | null) => void;
  onTest: (subjects: readonly Subject[]) => void;
  /** Stands under the facts of a link. */
  children?: ReactNode;
}

export function SelectionDetail({ model, selection, nodes, flow, work, inCircuit, about, question, onFilter, onEdit, onSelect, onHover, onTest, children }: SelectionDetailProps) {
  const supernode = selection.kind === "supernode" ? work.supernodes.find(({ name }) => name === selection.name) : undefined;
  const ends = useMemo(() => (selection.kind === "circuit-link" ? [endAt(model, work, selection.source), endAt(model, work, selection.target)] : []), [model, work, selection]);
  const [source, target] = ends;
  const isSet = selection.kind === "supernode" || selection.kind === "nodes";
  const onPick = (node: number) => onSelect({ kind: "node", node });
  const members = isSet ? byFlow(nodes, flow?.through ?? null) : nodes;
  return (
    <section className="detail" aria-labelledby="selection-name" data-testid="selection-detail">
      <div className="detail-head">
        <h2 id="selection-name" className={selection.kind === "token" ? "token" : ""} tabIndex={-1}>
          {source && target ? `${source.name} → ${target.name}` : titleOf(model, selection, nodes)}
        </h2>
        <button type="button" className="icon-button" aria-label="Close the details" onClick={() => onSelect(null)}>
          <Icon name="close" />
        </button>
      </div>
      {selection.kind === "token" && (
        <TokenPlace model={model} position={selection.position} onToken={(position) => onSelect({ kind: "token", position })} />
      )}
      {supernode && <SupernodeForm key={supernode.name} work={work} supernode={supernode} onEdit={onEdit} />}
      {isSet && (
        <p className="detail-where">
          {selection.kind === "supernode" && `supernode of ${counted(nodes.length, "node")}, `}
          {counted(innerLinks(model, nodes), "link")} between them
        </p>
      )}
      {source && target && (
        <PartsLink model={model} source={source} target={target} inCircuit={inCircuit} about={about} flow={flow} onSelect={onSelect} onHover={onHover}>
          <TestButton model={model} subjects={[source]} label={`Test ${source.name}`} onTest={onTest} />
        </PartsLink>
      )}
      {isSet && (
        <p className="selection-detail-actions">
          <TestButton model={model} subjects={[{ name: titleOf(model, selection, nodes), nodes }]} onTest={onTest} />
        </p>
      )}
      {selection.kind !== "link" && selection.kind !== "circuit-link" && (
        <SelectionFilters model={model} selection={selection} nodes={nodes} question={question} onFilter={onFilter} />
      )}
      {selection.kind === "link" && <LinkFacts model={model} edge={selection.edge} flow={flow} />}
      {children}
      {selection.kind !== "circuit-link" && (selection.kind !== "token" || nodes.length > 0) ? (
        <div className="detail-links" data-testid="members">
          <h3>
            <span>{selection.kind === "token" ? "Its embedding" : selection.kind === "link" ? "Its ends" : "Nodes"}</span>
            {flow && <span className="figure">flow</span>}
          </h3>
          <ul>
            {entriesOf(model, members.slice(0, MOST)).map((entry, at) => {
              const node = members[at] ?? 0;
              return (
                <li key={node} className="selection-detail-member" onPointerEnter={() => onHover({ nodes: [node], edges: [] })} onPointerLeave={() => onHover(null)}>
                  <NodeButton id={model.nodes.id[node] ?? ""} entry={entry} onPick={() => onPick(node)}>
                    {flow && <span className="figure">{percent(flow.through[node])}</span>}
                  </NodeButton>
                  {supernode && (
                    <button
                      type="button"
                      className="icon-button"
                      aria-label={`Take ${entry.name.text} out of the supernode`}
                      title="Take it out of the supernode"
                      onClick={() => onEdit({ type: "unpinned", nodes: [node] })}
                    >
                      <Icon name="close" />
                    </button>
                  )}
                </li>
              );
            })}
          </ul>
          {members.length > MOST && <p className="muted">and {members.length - MOST} of less flow</p>}
        </div>
      ) : null}
      {selection.kind === "token" && (
        <TokenFacts
          model={model}
          position={selection.position}
          flow={flow}
          onPick={onPick}
          onHover={onHover}
        />
      )}
      {isSet && <SetLinks model={model} nodes={nodes} direction="from" flow={flow} onPick={onPick} onHover={onHover} />}
      {isSet && <SetLinks model={model} nodes={nodes} direction="to" flow={flow} onPick={onPick} onHover={onHover} />}
    </section>
  );
}

/** What stands at an end of a circuit's link. */
function endAt(model: GraphModel, work: Work, end: string): LinkEnd {
  const members = (name: string) => work.supernodes.find((one) => one.name === name)?.nodes ?? [];
  const nodes = nodesAt(model, end, members);
  const name = supernodeAt(end);
  const [node = 0] = nodes;
  return name === null ? { name: nodeName(model, node).text, nodes, selection: { kind: "node", node } } : { name, nodes, selection: { kind: "supernode", name } };
}

function titleOf(model: GraphModel, selection: Selection, nodes: readonly number[]): string {
  switch (selection.kind) {
    case "supernode":
      return selection.name;
    case "token":
      return placeName(model, selection.position);
    case "link":
      return nodes.map((node) => nodeName(model, node).text).join(" → ");
    default:
      return counted(nodes.length, "node");
  }
}
