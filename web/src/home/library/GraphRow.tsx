/** One of a prompt's graphs: how it was made, what hangs on it, what people say of it. */
import type { KeptGraph } from "../../api/types";
import { DeleteGraph } from "../../shared/deletion/DeleteGraph";
import { useDeletion } from "../../shared/deletion/deletion";
import { ago, barePrompt, counted, moment, score } from "../../shared/format";
import { useReadOnly } from "../../shared/hooks/useReadOnly";
import { Icon } from "../../shared/Icon";
import { againAddress, collectionAddress, follow, graphAddress } from "../../shared/router";
import { useNow } from "../../shared/hooks/useNow";
import { Choice } from "./Choice";
import "./GraphRow.css";

interface GraphRowProps {
  kept: KeptGraph;
  isChosen: boolean;
  onChoose: () => void;
  /** Asks for another name, or notes. */
  onDescribe: () => void;
}

export function GraphRow({ kept, isChosen, onChoose, onDescribe }: GraphRowProps) {
  const now = useNow();
  const isReadOnly = useReadOnly();
  const { deleted } = useDeletion();
  const { graph, collections, views } = kept;
  const address = graphAddress(graph.id);
  const isDeleted = deleted.has(graph.id);
  const name = graph.name || graph.id.slice(0, 8);
  return (
    <div className={isDeleted ? "graph-row is-deleted" : "graph-row"} data-testid="kept-graph" data-graph-id={graph.id} data-deleted={isDeleted || undefined}>
      <Choice name={name} isChosen={isChosen} isDisabled={isDeleted} onChoose={onChoose} />
      <span className="graph-row-line ellipsis">
        <a href={address} onClick={follow}>
          {name}
        </a>
        <span className="muted" title={graph.transcoder_set}>
          {" "}
          {madeAs(kept)} · {counted(graph.n_nodes, "node")}, {counted(graph.n_edges, "link")}
        </span>
        <span className="muted" title={moment(graph.created_at)}>
          {" "}
          · {ago(graph.created_at, now)}
        </span>
      </span>
      <span className="graph-row-line ellipsis">
        {views.map((view) => (
          <a key={view.name} className="graph-row-chip" href={`${address}?view=${encodeURIComponent(view.name)}`} onClick={follow} title={`The view “${view.name}”`}>
            {view.name === "file" ? "the file's view" : view.name}
          </a>
        ))}
        {typeof graph.faithfulness === "number" && (
          <a className="graph-row-chip" href={address} onClick={follow} title="Its verification">
            faithful: {score(graph.faithfulness)}
          </a>
        )}
        {kept.n_interventions > 0 && (
          <a className="graph-row-chip" href={address} onClick={follow} title="Its tests in the model">
            {counted(kept.n_interventions, "test")}
          </a>
        )}
        {kept.has_internals && (
          <a className="graph-row-chip" href={`${address}?tab=attention`} onClick={follow} title="The internals of its prompt">
            internals
          </a>
        )}
        {collections.map((collection) => (
          <a key={collection} className="graph-row-chip" href={collectionAddress(collection)} onClick={follow} title={`The collection “${collection}”`}>
            in {collection}
          </a>
        ))}
        {graph.notes && (
          <span className="graph-row-notes" title={graph.notes}>
            {graph.notes}
          </span>
        )}
      </span>
      <span className="graph-row-act">
        {!isReadOnly && !isDeleted && (
          <>
            {graph.origin === "trace" && (
              <a className="icon-button" href={againAddress("graph", graph.id)} onClick={follow} aria-label={`Edit the prompt of ${name} and trace it again`} title="Edit the prompt and trace again">
                <Icon name="turn" />
              </a>
            )}
            <button type="button" className="icon-button" aria-label={`Rename ${name}, or write notes`} title="Rename, or write notes" data-testid="describe" onClick={onDescribe}>
              <Icon name="pencil" />
            </button>
            <DeleteGraph graph={{ ...graph, prompt: barePrompt(graph) }} />
          </>
        )}
      </span>
    </div>
  );
}

function madeAs({ graph }: KeptGraph): string {
  const { node_threshold: nodes, edge_threshold: links } = graph;
  const kept = [nodes, links].every((each) => typeof each === "number") ? `, pruned at ${nodes} / ${links}` : "";
  return `${graph.origin === "trace" ? "traced" : "imported"}${kept}`;
}
