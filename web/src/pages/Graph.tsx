/** One graph: the question and its ranked answers, the drawing that proves them, the details. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { asApiError, getEdges, getGraph, getNodes, type ApiError, type PathsQuestion } from "../api/client";
import { Drawing } from "../graph/Drawing";
import { graphModel, type GraphModel } from "../graph/model";
import { DeleteGraph } from "../panels/DeleteGraph";
import { GraphFacts } from "../panels/GraphFacts";
import { Legend } from "../panels/Legend";
import { NodeDetail } from "../panels/NodeDetail";
import { PathDetail } from "../panels/PathDetail";
import { PathList } from "../panels/PathList";
import { Prediction, spokenPrompt } from "../panels/Prediction";
import { litOf, litSource, type LitRow } from "../panels/rows";
import { TopBar } from "../panels/TopBar";
import { Trouble } from "../panels/Trouble";
import { usePaths } from "../panels/usePaths";
import { follow, navigate } from "../router";

export function Graph({ id }: { id: string }) {
  const [model, setModel] = useState<GraphModel | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    Promise.all([getGraph(id, signal), getNodes(id, signal), getEdges(id, signal)]).then(
      ([record, nodes, edges]) => setModel(graphModel(record, nodes, edges)),
      (reason: unknown) => {
        if (!signal.aborted) setError(asApiError(reason));
      },
    );
    return () => abort.abort();
  }, [id, attempt]);

  const record = model?.record;
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

  if (model) return <Loaded model={model} />;
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

function Loaded({ model }: { model: GraphModel }) {
  const { record } = model;
  const [question, setQuestion] = useState<PathsQuestion>({
    grouped: record.n_labelled_nodes > 0,
    k: 10,
    target: null,
  });
  const paths = usePaths(record.id, question);
  const [row, setRow] = useState<LitRow | null>(null);
  const [node, setNode] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<ApiError | null>(null);

  const ask = (next: PathsQuestion) => {
    // A longer list keeps its rows; another question has others.
    if (next.grouped !== question.grouped || next.target !== question.target) setRow(null);
    setQuestion(next);
  };
  const light = useCallback((next: LitRow | null) => {
    setRow(next);
    setNode(null);
  }, []);

  useEffect(() => {
    const clear = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
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
          paths={paths}
          question={question}
          onQuestion={ask}
          lit={row}
          onLight={light}
        />
        <Drawing model={model} lit={lit} node={node} onPick={setNode} />
        <aside className="side" aria-label="Details">
          {node !== null ? (
            <NodeDetail key={node} model={model} node={node} onPick={setNode} />
          ) : source ? (
            <PathDetail model={model} source={source} onPick={setNode} />
          ) : (
            <GraphFacts record={record} />
          )}
        </aside>
      </main>
      <Legend model={model} />
    </div>
  );
}
