/** What is selected, where it is no single node: several nodes, a supernode, a link or a token. */
import { counted, percent, quantity } from "../shared/format";
import { Icon } from "../shared/Icon";
import type { Lit } from "./model/lit";
import { nodeName, type GraphModel } from "./model/model";
import type { Selection } from "./model/selection";
import { entriesOf } from "./names/entries";
import { placeName } from "./names/places";
import { NodeButton } from "./node/NodeButton";
import { FilterButtons } from "./node/NodeFilters";
import { anyOf, KINDS_OF } from "./question/filters/selector";
import { FILTERS, type Filter, type PageQuestion } from "./question/question";
import { SupernodeForm } from "./work/SupernodeForm";
import type { Edit, Work } from "./work/work";

interface SelectionDetailProps {
  model: GraphModel;
  selection: Selection;
  nodes: readonly number[];
  work: Work;
  question: PageQuestion;
  onFilter: (filter: Filter, selector: string) => void;
  onEdit: (edit: Edit) => void;
  onSelect: (selection: Selection | null) => void;
  onHover: (over: Lit | null) => void;
}

export function SelectionDetail({ model, selection, nodes, work, question, onFilter, onEdit, onSelect, onHover }: SelectionDetailProps) {
  const supernode = selection.kind === "supernode" ? work.supernodes.find(({ name }) => name === selection.name) : undefined;
  return (
    <section className="detail" aria-labelledby="selection-name" data-testid="selection-detail">
      <div className="detail-head">
        <h2 id="selection-name" className={selection.kind === "token" ? "token" : ""} tabIndex={-1}>
          {titleOf(model, selection, nodes)}
        </h2>
        <button type="button" className="icon-button" aria-label="Close the details" onClick={() => onSelect(null)}>
          <Icon name="close" />
        </button>
      </div>
      {supernode && <SupernodeForm key={supernode.name} work={work} supernode={supernode} onEdit={onEdit} />}
      {selection.kind === "link" && (
        <p className="detail-where">
          {(model.edges.weight[selection.edge] ?? 0) < 0 ? "inhibits" : "excites"}, {percent(model.edges.share[selection.edge])} of the second node’s input
          (weight {quantity(model.edges.weight[selection.edge])})
        </p>
      )}
      {selection.kind !== "link" && <SelectionFilters model={model} selection={selection} nodes={nodes} question={question} onFilter={onFilter} />}
      <div className="detail-links">
        <ul>
          {entriesOf(model, nodes).map((entry, at) => {
            const node = nodes[at] ?? 0;
            return (
              <li key={node} onPointerEnter={() => onHover({ nodes: [node], edges: [] })} onPointerLeave={() => onHover(null)}>
                <NodeButton id={model.nodes.id[node] ?? ""} entry={entry} onPick={() => onSelect({ kind: "node", node })} />
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}

/** Nodes that one filter names, each by its id. */
const MOST_NAMED = 60;

/** Filters by any of the selected nodes, or by a token, at which the features count, too. */
function SelectionFilters({
  model: {
    nodes: { id, kind },
  },
  selection,
  nodes,
  question,
  onFilter,
}: Pick<SelectionDetailProps, "model" | "selection" | "nodes" | "question" | "onFilter">) {
  const isToken = selection.kind === "token";
  if (!isToken && (nodes.length === 0 || nodes.length > MOST_NAMED)) return null;
  const filters = FILTERS.filter((filter) => nodes.every((node) => KINDS_OF[filter].includes(kind[node] ?? "logit")));
  const selector = isToken ? `position:${selection.position}` : anyOf(nodes.map((node) => id[node] ?? ""));
  return <FilterButtons selector={selector} filters={filters} what={isToken ? "this" : "any of these"} question={question} onFilter={onFilter} />;
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
