/**
 * graph/: the page of one graph. The question and its ranked answers, the drawing that proves them, the details.
 *
 *     Graph.tsx -> ExportGraph, LeftOut, useGraph.ts, useAddress.ts, state.ts -> address.ts, detailsFocus.ts -> question/ | answer/ | drawing/ | budget/ | node/ | facts/
 *     -> feature/ -> annotation/;  -> names/ -> model/
 */
import { useCallback, useEffect, useMemo, useReducer, useState } from "react";
import type { ApiError } from "../api/client";
import { DeleteGraph } from "../shared/DeleteGraph";
import { ExportGraph } from "./ExportGraph";
import { Prediction, barePrompt } from "../shared/Prediction";
import { follow, navigate } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { useKeptScroll } from "../shared/keepScroll";
import { isPassing } from "../shared/useAnswer";
import { addressOf, labelsIn, pageIn } from "./address";
import { useAnnotation } from "./annotation/useAnnotation";
import { PathDetail } from "./answer/PathDetail";
import { PathList } from "./answer/PathList";
import { litOf, litSource, type LitRow } from "./answer/rows";
import { useFlow } from "./answer/useFlow";
import { missedRow, useKeptRow, useLists } from "./answer/useLists";
import { BudgetBar } from "./budget/BudgetBar";
import { useDetailsFocus } from "./detailsFocus";
import { Drawing } from "./drawing/Drawing";
import { Legend } from "./drawing/Legend";
import { sizesBy } from "./drawing/prominence";
import { GraphFacts } from "./facts/GraphFacts";
import { LeftOut } from "./LeftOut";
import { drawnBy } from "./model/budget";
import { Hover } from "./model/hover";
import { chosenNodes } from "./model/lit";
import { fileTarget, logitsOf } from "./model/model";
import { NodeDetail } from "./node/NodeDetail";
import type { Filter, PageQuestion } from "./question/question";
import { QuestionForm } from "./question/QuestionForm";
import { firstState, stateAfter } from "./state";
import { useAddress } from "./useAddress";
import { useGraph, useNames, type OpenedGraph } from "./useGraph";
import "./Graph.css";

export function Graph({ id }: { id: string }) {
  const [labels] = useState(() => labelsIn(window.location.search));
  const { answer: opened, error, again } = useGraph(id, labels);
  useKeptScroll(opened !== null);
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

function Opened(opened: OpenedGraph) {
  const { scores } = opened;
  const found = (search: string) => pageIn(search, opened.model, scores);
  const [state, dispatch] = useReducer(stateAfter, null, () => firstState(found(window.location.search)));
  const { question, row, node, sizedBy, budget, steps, leftOut, revision, trouble } = state;
  useAddress(addressOf(state, opened.model, scores), steps, (search) => dispatch({ type: "went", to: found(search) }));
  const names = useNames(opened, question.labels, revision);
  const { model } = names;
  const { record } = model;
  const onError = useCallback((error: ApiError) => dispatch({ type: "failed", error }), []);
  const onPick = useCallback((picked: number | null) => dispatch({ type: "picked", node: picked }), []);
  const onFilter = (filter: Filter, id: string) => dispatch({ type: "filtered", filter, id });

  const onChange = (change: Partial<PageQuestion>) => dispatch({ type: "asked", change });

  const onNamed = useCallback(() => dispatch({ type: "named" }), []);
  const annotation = useAnnotation(record.id, onNamed);

  const lists = useLists(record.id, question, scores, revision);
  const onMoved = useCallback((moved: LitRow | null) => dispatch({ type: "moved", row: moved }), []);
  useKeptRow(lists, row, onMoved);
  const missed = missedRow(lists, row);
  useEffect(() => {
    if (missed) dispatch({ type: "missed", row: missed });
  }, [missed]);
  const flow = useFlow(model, question);
  const through = flow.answer?.through ?? null;
  const drawn = useMemo(() => drawnBy(opened.model, flow.answer, budget), [opened.model, flow.answer, budget]);
  const sizes = useMemo(() => sizesBy(sizedBy, model.nodes, through), [model, sizedBy, through]);
  const target = question.target ?? lists[0]?.answer?.targets[0]?.node.id ?? null;
  const targetNode = (target === null ? undefined : model.ordinalOf.get(target)) ?? logitsOf(model)[0] ?? 0;
  const answerOf = (row: LitRow | null) => lists.find(({ side }) => side === row?.side)?.answer ?? null;
  const litAnswer = answerOf(row);
  const source = useMemo(() => litSource(litAnswer, row), [litAnswer, row]);
  const lit = useMemo(() => litOf(model, source), [model, source]);

  const [hover] = useState(() => new Hover());
  const onHoverRow = (over: LitRow | null) => hover.set(over && litOf(model, litSource(answerOf(over), over)));
  // What the pointer was over is gone with the list that held it.
  const [firstAnswer, secondAnswer] = lists.map(({ answer }) => answer);
  useEffect(() => hover.set(null), [hover, node, firstAnswer, secondAnswer]);

  const { details, enter, leave } = useDetailsFocus();
  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      // An open dialog takes Escape for itself.
      if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
      leave();
      dispatch({ type: "escaped" });
    };
    window.addEventListener("keydown", escape);
    return () => window.removeEventListener("keydown", escape);
  }, [leave]);

  return (
    <div className="page graph">
      <TopBar
        place={<Prediction record={record} />}
        actions={
          <>
            <ExportGraph id={record.id} />
            <DeleteGraph id={record.id} name={barePrompt(record)} onDeleted={() => navigate("/")} onError={onError} />
          </>
        }
      />
      {flow.error && !(isPassing(flow.error) && lists.some(({ error }) => error)) && (
        <Trouble error={flow.error} title="The flow could not be read" onRetry={flow.again} />
      )}
      {names.error && !isPassing(names.error) && (
        <Trouble error={names.error} title="The names could not be read again" onRetry={names.again} />
      )}
      {trouble && <Trouble error={trouble} onDismiss={() => dispatch({ type: "dismissed" })} />}
      {leftOut.length > 0 && <LeftOut parts={leftOut} onClose={() => dispatch({ type: "noticed" })} />}
      <main className="graph-columns">
        <section className="graph-paths" aria-labelledby="why" data-testid="paths">
          <QuestionForm
            model={model}
            scores={scores}
            question={question}
            target={target}
            onChange={onChange}
          />
          <PathList
            model={model}
            scores={scores}
            question={question}
            lists={lists}
            lit={row}
            onLight={(lit) => dispatch({ type: "lit", row: lit })}
            onHover={onHoverRow}
            onLonger={(k) => dispatch({ type: "lengthened", k })}
            onChange={onChange}
            onDetails={enter}
          />
        </section>
        <div className="graph-stage">
          <Drawing
            model={model}
            sizes={sizes}
            target={targetNode}
            drawn={drawn}
            lit={lit}
            node={node}
            hovered={hover}
            onPick={onPick}
          />
          <BudgetBar
            model={model}
            target={targetNode}
            ratherThan={question.ratherThan}
            budget={budget}
            drawn={drawn}
            chosen={chosenNodes({ lit, node })}
            flow={through}
            onChange={(change) => dispatch({ type: "budgeted", change })}
            onPick={onPick}
            onHover={hover.set}
          />
        </div>
        <aside ref={details} className="graph-details" aria-label="Details">
          {node !== null ? (
            <NodeDetail
              key={node}
              model={model}
              node={node}
              flow={flow.answer}
              onPick={onPick}
              onHover={hover.set}
              question={question}
              target={target}
              onFilter={onFilter}
              onChange={onChange}
              revision={revision}
              onNamed={onNamed}
              annotation={annotation}
            />
          ) : source && litAnswer ? (
            <PathDetail
              model={model}
              scores={scores}
              answer={litAnswer}
              source={source}
              flow={flow.answer?.through ?? null}
              onPick={onPick}
            />
          ) : (
            <GraphFacts
              record={record}
              fileTarget={fileTarget(model)}
              nodes={model.nodes}
              labels={question.labels}
              onLabels={(labels) => onChange({ labels })}
              annotation={annotation}
            />
          )}
        </aside>
      </main>
      <Legend model={model} sizedBy={sizedBy} onSizedBy={(by) => dispatch({ type: "sized", by })} />
    </div>
  );
}
