/** The graphs of a collection, which are opened, taken out of it, and put back; others are put into it. */
import { useRef, useState } from "react";
import { asApiError, changeCollection, type ApiError } from "../api/client";
import type { CollectionRecord, ListedGraph } from "../api/types";
import { barePrompt, count, counted } from "../shared/format";
import { useReadOnly } from "../shared/hooks/useReadOnly";
import { VirtualList } from "../shared/list/VirtualList";
import { Prediction } from "../shared/Prediction";
import { fullTitle } from "../shared/graphs/title";
import { compareAddress, follow, graphAddress } from "../shared/router";
import { Trouble } from "../shared/Trouble";
import { isPassing } from "../shared/useAnswer";
import { AddGraphs } from "./AddGraphs";
import { useHeld } from "./useHeld";
import { Skeleton } from "../shared/list/Skeleton";
import "./HeldGraphs.css";

/** Pixels. */
const ROW = 52;

interface HeldGraphsProps {
  record: CollectionRecord;
  /** How often it was changed here. */
  revision: number;
  onChanged: () => void;
}

export function HeldGraphs({ record: { name, n_graphs: nGraphs }, revision, onChanged }: HeldGraphsProps) {
  const isReadOnly = useReadOnly();
  const { graphs, more, isReading, error, again } = useHeld(name, `${nGraphs} ${revision}`);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setBusy] = useState(false);
  /** The graphs that were taken out last. */
  const [out, setOut] = useState<readonly string[]>([]);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const ids = (graphs ?? []).map(({ id }) => id).filter((id) => chosen.has(id));
  const [a, b] = ids;

  const change = async (adds: boolean, changed: readonly string[]) => {
    setBusy(true);
    setTrouble(null);
    try {
      await changeCollection(name, adds ? { add: [...changed] } : { remove: [...changed] });
      setOut(adds ? [] : changed);
      setChosen(new Set());
      onChanged();
      title.current?.focus(); // the button is gone
    } catch (reason) {
      setTrouble(asApiError(reason));
    } finally {
      setBusy(false);
    }
  };
  const choose = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <section className="held-graphs" aria-labelledby="held-title" data-testid="held-graphs">
      <div className="held-graphs-head">
        <h2 id="held-title" ref={title} tabIndex={-1}>
          Graphs
        </h2>
        {ids.length > 0 && (
          <>
            {ids.length === 2 && a && b && (
              <a href={compareAddress(a, b)} onClick={follow}>
                Compare
              </a>
            )}
            {!isReadOnly && (
              <button type="button" disabled={isBusy} data-testid="take-out" onClick={() => void change(false, ids)}>
                Take {count(ids.length)} out
              </button>
            )}
          </>
        )}
      </div>
      {error && <Trouble error={error} title="The graphs could not be read" {...(isPassing(error) && { detail: `${error.detail} The page keeps trying.` })} onRetry={again} />}
      {trouble && <Trouble error={trouble} title="The collection could not be changed" onDismiss={() => setTrouble(null)} />}
      {out.length > 0 && (
        <p className="held-graphs-out" role="status" data-testid="taken-out">
          {counted(out.length, "graph")} taken out; {out.length === 1 ? "it stays" : "they stay"} stored.{" "}
          <button type="button" disabled={isBusy} onClick={() => void change(true, out)}>
            Put back
          </button>
        </p>
      )}
      {graphs === null && !error && (
        <Skeleton label="The graphs are being listed" />
      )}
      {graphs?.length === 0 && (
        <p className="held-graphs-none muted" data-testid="no-graphs-held">
          It has no graphs yet.{!isReadOnly && " Search for some below."}
        </p>
      )}
      {graphs && graphs.length > 0 && (
        <VirtualList
          n={graphs.length}
          rowHeight={ROW}
          label="Graphs of the collection"
          testId="held-list"
          row={(at) => {
            const graph = graphs[at];
            return graph && <Row graph={graph} isChosen={chosen.has(graph.id)} onChoose={() => choose(graph.id)} />;
          }}
        />
      )}
      {more && (
        <button type="button" className="held-graphs-more" disabled={isReading} onClick={more}>
          {isReading ? "Reading…" : `Show more of ${count(nGraphs)}`}
        </button>
      )}
      {!isReadOnly && <AddGraphs collection={name} onAdded={onChanged} />}
    </section>
  );
}

function Row({ graph, isChosen, onChoose }: { graph: ListedGraph; isChosen: boolean; onChoose: () => void }) {
  return (
    <div className="held-graphs-row" data-testid="held-graph" data-graph-id={graph.id}>
      <input type="checkbox" checked={isChosen} aria-label={`Select ${barePrompt(graph)}, ${graph.name}`} onChange={onChoose} />
      <a href={graphAddress(graph.id)} title={fullTitle(graph)} onClick={follow}>
        <Prediction record={graph} />
        <span className="muted ellipsis">
          {graph.name} · {counted(graph.n_nodes, "node")}
          {graph.n_labelled_nodes > 0 && ` · ${count(graph.n_labelled_nodes)} labelled`}
        </span>
      </a>
    </div>
  );
}
