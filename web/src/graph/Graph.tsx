/** One graph: the question and its ranked answers, the drawing that proves them, the details. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { asApiError, getEdges, getGraph, getNodes, getScores, type ApiError } from "../api/client";
import type { ScoreAnswer } from "../api/types";
import { Drawing } from "./drawing/Drawing";
import { graphModel, type GraphModel } from "./model/model";
import { byFlow, byInfluence, type Sizes } from "./drawing/prominence";
import { DeleteGraph } from "../shared/DeleteGraph";
import { GraphFacts } from "./facts/GraphFacts";
import { Legend, type SizedBy } from "./drawing/Legend";
import { NodeDetail } from "./node/NodeDetail";
import { PathDetail } from "./answer/PathDetail";
import { PathList } from "./answer/PathList";
import { Prediction, spokenPrompt } from "../shared/Prediction";
import { firstQuestion, listKey, queryOf, withFilter, type PageQuestion } from "./question/question";
import { litOf, litSource, type LitRow } from "./answer/rows";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { useFlow } from "./answer/useFlow";
import { usePaths } from "./answer/usePaths";
import { follow, navigate } from "../shared/router";

export function Graph({ id }: { id: string }) {
  const [loaded, setLoaded] = useState<{ model: GraphModel; scores: ScoreAnswer[] } | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    Promise.all([getGraph(id, signal), getNodes(id, signal), getEdges(id, signal), getScores()]).then(
      ([record, nodes, edges, { scores }]) => setLoaded({ model: graphModel(record, nodes, edges), scores }),
      (reason: unknown) => {
        if (!signal.aborted) setError(asApiError(reason));
      },
    );
    return () => abort.abort();
  }, [id, attempt]);

  const record = loaded?.model.record;
  useEffect(() => {
    document.title = record ? `${spokenPrompt(record)} · Circuit Explorer` : "Circuit Explorer";
  }, [record]);

  const unreachable = error?.unreachable ?? false;
  const again = useCallback(() => {
    setError(null);
    setAttempt((before) => before + 1);
  }, []);
  useEffect(() => {
    if (!unreachable) return;
    const timer = window.setTimeout(again, 2500);
    return () => window.clearTimeout(timer);
  }, [unreachable, again]);

  if (loaded) return <Loaded {...loaded} />;
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
          <Trouble error={error} title="The graph could not be opened" onRetry={again} />
        ) : (
          <p className="muted" role="status">
            Opening the graph…
          </p>
        )}
      </main>
    </div>
  );
}

function Loaded({ model, scores }: { model: GraphModel; scores: readonly ScoreAnswer[] }) {
  const { record } = model;
  const [question, setQuestion] = useState<PageQuestion>(() => firstQuestion(model));
  const query = useMemo(() => queryOf(question, scores), [question, scores]);
  const paths = usePaths(record.id, query);
  const [row, setRow] = useState<LitRow | null>(null);
  const [node, setNode] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const [sizedBy, setSizedBy] = useState<SizedBy>("influence");
  const flow = useFlow(record.id, question, sizedBy === "flow", setTrouble);
  const sizes = useMemo<Sizes>(
    () =>
      flow === null
        ? { prominence: byInfluence(model.nodes), flow: null }
        : { prominence: byFlow(model.nodes, flow.flow), flow: flow.flow },
    [model, flow],
  );

  const ask = (next: PageQuestion) => {
    // A longer list keeps its rows; another question has others.
    if (listKey(next) !== listKey(question)) setRow(null);
    setQuestion(next);
  };
  const light = useCallback((next: LitRow | null) => {
    setRow(next);
    setNode(null);
  }, []);

  useEffect(() => {
    const clear = (event: KeyboardEvent) => {
      // In an open dialog it closes that, and nothing behind it.
      if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
      setRow(null);
      setNode(null);
    };
    window.addEventListener("keydown", clear);
    return () => window.removeEventListener("keydown", clear);
  }, []);

  const source = useMemo(() => litSource(paths.answer, row), [paths.answer, row]);
  const lit = useMemo(() => litOf(model, source), [model, source]);

  return (
    <div className="page graph-page">
      <TopBar
        place={<Prediction record={record} />}
        actions={
          <DeleteGraph
            id={record.id}
            name={spokenPrompt(record)}
            onDeleted={() => navigate("/")}
            onError={setTrouble}
          />
        }
      />
      {trouble && <Trouble error={trouble} onDismiss={() => setTrouble(null)} />}
      <main className="columns">
        <PathList
          model={model}
          scores={scores}
          paths={paths}
          question={question}
          onQuestion={ask}
          lit={row}
          onLight={light}
        />
        <Drawing model={model} sizes={sizes} lit={lit} node={node} onPick={setNode} />
        <aside className="side" aria-label="Details">
          {node !== null ? (
            <NodeDetail
              key={node}
              model={model}
              node={node}
              flow={sizes.flow?.[node] ?? null}
              onPick={setNode}
              question={question}
              onFilter={(filter, id) => ask(withFilter(question, filter, id))}
            />
          ) : source && paths.answer ? (
            <PathDetail model={model} answer={paths.answer} source={source} onPick={setNode} />
          ) : (
            <GraphFacts record={record} />
          )}
        </aside>
      </main>
      <Legend model={model} sizedBy={sizedBy} onSizedBy={setSizedBy} />
    </div>
  );
}
