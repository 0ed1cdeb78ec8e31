/** The other graphs in which features of this one fire, each with how many; what this graph shares with one can be selected. */
import { useEffect, useMemo, useRef, useState } from "react";
import { asApiError, type ApiError } from "../../api/client";
import { barePrompt, count, counted } from "../../shared/format";
import { GraphLink } from "../../shared/graphs/GraphLink";
import { besidePrompts } from "../../shared/graphs/title";
import { More } from "../../shared/more/More";
import { Trouble } from "../../shared/Trouble";
import { isPassing } from "../../shared/useAnswer";
import type { Lit } from "../model/lit";
import type { GraphModel } from "../model/model";
import { featureCount } from "./featureCount";
import { MOST_GRAPHS, type Sharing } from "./useSharing";
import "./SharedGraphs.css";

/** Graphs that are shown at first. */
const FIRST = 6;
/** Milliseconds for which the pointer is on a row before its nodes are asked for: it may only pass. */
const REST = 120;

interface SharedGraphsProps {
  model: GraphModel;
  sharing: Sharing;
  onSelect: (nodes: readonly number[]) => void;
  onHover: (over: Lit | null) => void;
}

export function SharedGraphs({ model, sharing, onSelect, onHover }: SharedGraphsProps) {
  const { isOpen, onOpen } = sharing;
  const nFeatures = useMemo(() => featureCount(model.nodes), [model.nodes]);
  if (nFeatures === 0) return null;
  return (
    <details className="shared-graphs" data-testid="shared-graphs" open={isOpen} onToggle={({ currentTarget }) => onOpen(currentTarget.open)}>
      <summary>Graphs with its features</summary>
      {isOpen && <Listed model={model} nFeatures={nFeatures} sharing={sharing} onSelect={onSelect} onHover={onHover} />}
    </details>
  );
}

function Listed({ model, nFeatures, sharing, onSelect, onHover }: SharedGraphsProps & { nFeatures: number }) {
  const { answer, error, again } = sharing.nearest;
  const { select, failed } = useSelecting(sharing, onSelect);
  const { enter, leave } = useHovering(sharing, onHover);
  const graphs = (answer ?? []).slice(0, MOST_GRAPHS).map((each) => ({ ...each, id: each.graph }));
  const beside = besidePrompts([model.record, ...graphs]);
  return (
    <>
      {error && <Trouble error={error} title="These graphs could not be read" {...(isPassing(error) && { detail: `${error.detail} The page keeps trying.` })} onRetry={again} />}
      {!answer && !error && (
        <p className="muted" role="status">
          Looking through the stored graphs…
        </p>
      )}
      {answer?.length === 0 && <p className="muted">No other graph has any of them. Only graphs of the same model and transcoders can.</p>}
      {graphs.length > 0 && (
        <>
          <p className="muted">Of its {counted(nFeatures, "different feature")}, most first:</p>
          <More
            items={graphs}
            most={FIRST}
            className="shared-graphs-list"
            testId="shared-graphs-list"
            render={(graph) => (
              <li
                key={graph.id}
                className="shared-graphs-graph"
                data-testid="shared-graph"
                data-graph-id={graph.id}
                onPointerEnter={() => enter(graph.id)}
                onPointerLeave={leave}
                onFocus={() => enter(graph.id)}
                onBlur={leave}
              >
                <GraphLink graph={graph} beside={beside.get(graph.id)} />
                <span className="muted">{counted(graph.n_shared, "feature")}</span>
                <button
                  type="button"
                  className="shared-graphs-select"
                  aria-label={`Select what is shared with ${[barePrompt(graph), beside.get(graph.id)].filter(Boolean).join(", ")}`}
                  title="Select the nodes here whose features fire there, too"
                  onClick={() => void select(graph.id)}
                >
                  Select
                </button>
                {failed?.graph === graph.id && (
                  <Trouble error={failed.error} title="What they share could not be read" onRetry={() => void select(graph.id)} />
                )}
              </li>
            )}
          />
          {(answer?.length ?? 0) > MOST_GRAPHS && <p className="muted">The {count(MOST_GRAPHS)} graphs with most of them.</p>}
        </>
      )}
    </>
  );
}

/** Selects what is shared with a graph, unless something else was chosen before the answer came. */
function useSelecting({ nodesSharedWith }: Sharing, onSelect: (nodes: readonly number[]) => void) {
  const [failed, setFailed] = useState<{ graph: string; error: ApiError } | null>(null);
  const wanted = useRef<string | null>(null);
  useEffect(
    () => () => {
      wanted.current = null;
    },
    [],
  );
  const select = async (graph: string): Promise<void> => {
    wanted.current = graph;
    setFailed(null);
    try {
      const nodes = await nodesSharedWith(graph);
      if (wanted.current === graph) onSelect(nodes);
    } catch (reason) {
      if (wanted.current === graph) setFailed({ graph, error: asApiError(reason) });
    }
  };
  return { select, failed };
}

/** Lights what is shared with the graph on whose row the pointer or the focus rests. */
function useHovering({ nodesSharedWith }: Sharing, onHover: (over: Lit | null) => void) {
  const over = useRef<{ graph: string; timer: number } | null>(null);
  const leave = () => {
    if (over.current === null) return;
    window.clearTimeout(over.current.timer);
    over.current = null;
    onHover(null);
  };
  const enter = (graph: string) => {
    if (over.current?.graph === graph) return;
    leave();
    const light = () => {
      nodesSharedWith(graph).then(
        (nodes) => {
          if (over.current?.graph === graph) onHover({ nodes: [...nodes], edges: [] });
        },
        () => undefined, // who selects them is told
      );
    };
    over.current = { graph, timer: window.setTimeout(light, REST) };
  };
  useEffect(
    () => () => {
      if (over.current) window.clearTimeout(over.current.timer);
      over.current = null;
    },
    [],
  );
  return { enter, leave };
}
