/**
 * graph/: the page of one graph. The question and its ranked answers, the drawing that proves them, the details.
 *
 *     Graph.tsx -> useGraph.ts, state.ts -> question/ | answer/ | drawing/ | node/ | facts/ -> model/
 */
import { useCallback, useEffect, useMemo, useReducer, useState } from "react";
import type { ApiError } from "../api/client";
import { DeleteGraph } from "../shared/DeleteGraph";
import { Prediction, barePrompt } from "../shared/Prediction";
import { follow, navigate } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { PathDetail } from "./answer/PathDetail";
import { PathList } from "./answer/PathList";
import { litOf, litSource, type LitRow } from "./answer/rows";
import { useFlow } from "./answer/useFlow";
import { usePaths } from "./answer/usePaths";
import { Drawing } from "./drawing/Drawing";
import { Legend } from "./drawing/Legend";
import { sizesBy } from "./drawing/prominence";
import { GraphFacts } from "./facts/GraphFacts";
import { Hover } from "./model/hover";
import { logitsOf } from "./model/model";
import { NodeDetail } from "./node/NodeDetail";
import { queryOf, type Filter } from "./question/question";
import { QuestionForm } from "./question/QuestionForm";
import { firstState, stateAfter } from "./state";
import { useGraph, type OpenedGraph } from "./useGraph";
import "./Graph.css";

export function Graph({ id }: { id: string }) {
  const { opened, error, retry } = useGraph(id);
  const record = opened?.model.record;
  useEffect(() => {
    document.title = record ? `${barePrompt(record)} · Circuit Explorer` : "Circuit Explorer";
  }, [record]);

  if (opened) return <Opened {...opened} />;
  return (
    <div className="page">
      <TopBar place={<span className="muted">{error ? "" : "Opening…"}</span>} />
      <main className="notice">
        {error?.status === 404 ? (
          <>
            <h1>This graph is not here</h1>
            <p data-testid="error-banner">It may have been deleted, or the address is not whole. {error.detail}</p>
            <p>
              <a href="/" onClick={follow}>
                All graphs
              </a>
            </p>
          </>
        ) : error ? (
          <Trouble error={error} title="The graph could not be opened" onRetry={retry} />
        ) : (
          <p className="muted" role="status">
            Opening the graph…
          </p>
        )}
      </main>
    </div>
  );
}

function Opened({ model, scores }: OpenedGraph) {
  const { record } = model;
  const [state, dispatch] = useReducer(stateAfter, null, () => firstState(model, scores));
  const { question, row, node, sizedBy, trouble } = state;
  const onError = useCallback((error: ApiError) => dispatch({ type: "failed", error }), []);
  const onPick = useCallback((picked: number | null) => dispatch({ type: "picked", node: picked }), []);
  const onFilter = (filter: Filter, id: string) => dispatch({ type: "filtered", filter, id });

  const paths = usePaths(
    record.id,
    useMemo(() => queryOf(question, scores), [question, scores]),
  );
  const flow = useFlow(record.id, question, onError);
  const sizes = useMemo(() => sizesBy(sizedBy, model.nodes, flow?.flow ?? null), [model, sizedBy, flow]);
  const target = question.target ?? paths.answer?.targets[0]?.node.id ?? null;
  const targetNode = (target === null ? undefined : model.ordinalOf.get(target)) ?? logitsOf(model)[0] ?? 0;
  const source = useMemo(() => litSource(paths.answer, row), [paths.answer, row]);
  const lit = useMemo(() => litOf(model, source), [model, source]);

  const [hover] = useState(() => new Hover());
  const onHoverRow = (over: LitRow | null) => hover.set(over && litOf(model, litSource(paths.answer, over)));
  // What the pointer was over is gone with the list that held it.
  useEffect(() => hover.set(null), [hover, paths.answer, node]);

  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      // An open dialog takes Escape for itself.
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) dispatch({ type: "escaped" });
    };
    window.addEventListener("keydown", escape);
    return () => window.removeEventListener("keydown", escape);
  }, []);

  return (
    <div className="page graph">
      <TopBar
        place={<Prediction record={record} />}
        actions={
          <DeleteGraph id={record.id} name={barePrompt(record)} onDeleted={() => navigate("/")} onError={onError} />
        }
      />
      {trouble && <Trouble error={trouble} onDismiss={() => dispatch({ type: "dismissed" })} />}
      <main className="graph-columns">
        <section className="graph-paths" aria-labelledby="why" data-testid="paths">
          <QuestionForm
            model={model}
            scores={scores}
            question={question}
            target={target}
            onChange={(change) => dispatch({ type: "asked", change })}
            onFilter={onFilter}
          />
          <PathList
            model={model}
            scores={scores}
            paths={paths}
            length={question.k}
            lit={row}
            onLight={(lit) => dispatch({ type: "lit", row: lit })}
            onHover={onHoverRow}
            onLonger={(k) => dispatch({ type: "lengthened", k })}
          />
        </section>
        <Drawing model={model} sizes={sizes} target={targetNode} lit={lit} node={node} hovered={hover} onPick={onPick} />
        <aside className="graph-details" aria-label="Details">
          {node !== null ? (
            <NodeDetail
              key={node}
              model={model}
              node={node}
              flow={sizes.flow?.[node] ?? null}
              onPick={onPick}
              onHover={hover.set}
              question={question}
              onFilter={onFilter}
            />
          ) : source && paths.answer ? (
            <PathDetail model={model} scores={scores} answer={paths.answer} source={source} onPick={onPick} />
          ) : (
            <GraphFacts record={record} />
          )}
        </aside>
      </main>
      <Legend model={model} sizedBy={sizedBy} onSizedBy={(by) => dispatch({ type: "sized", by })} />
    </div>
  );
}
