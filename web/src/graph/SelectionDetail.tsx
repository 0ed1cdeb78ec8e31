/** What is selected, where it is no single node: several nodes, a supernode, a link or a token. */
import { counted, percent, quantity } from "../shared/format";
import { Icon } from "../shared/Icon";
import type { Lit } from "./model/lit";
import { nodeName, type GraphModel } from "./model/model";
import type { Selection } from "./model/selection";
import { entriesOf } from "./names/entries";
import { placeName } from "./names/places";
import { NodeButton } from "./node/NodeButton";
import { SupernodeForm } from "./work/SupernodeForm";
import type { Edit, Work } from "./work/work";

interface SelectionDetailProps {
  model: GraphModel;
  selection: Selection;
  nodes: readonly number[];
  work: Work;
  onEdit: (edit: Edit) => void;
  onSelect: (selection: Selection | null) => void;
  onHover: (over: Lit | null) => void;
}

export function SelectionDetail({ model, selection, nodes, work, onEdit, onSelect, onHover }: SelectionDetailProps) {
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
