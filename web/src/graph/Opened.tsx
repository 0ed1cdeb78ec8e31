/** An opened graph: the state of its page, and the panels that read and change it. */
import { lazy, Suspense, useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import type { ApiError } from "../api/client";
import { DeleteGraph } from "../shared/DeleteGraph";
import { barePrompt, percent } from "../shared/format";
import { isEmbedded, unembedded } from "../shared/frames/embed";
import { useFullScreen } from "../shared/hooks/useFullScreen";
import { useShortcuts } from "../shared/hooks/useShortcuts";
import { Prediction } from "../shared/Prediction";
import { navigate } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { isPassing } from "../shared/useAnswer";
import { addressOf, pageIn, TABS, type Tab } from "./address";
import { useAnnotation } from "./annotation/useAnnotation";
import { PathDetail } from "./answer/PathDetail";
import { PathList } from "./answer/PathList";
import { litOf, litSource, type LitRow } from "./answer/rows";
import { useFlow } from "./answer/useFlow";
import { missedRow, useKeptRow, useLists } from "./answer/useLists";
import { BudgetBar } from "./budget/BudgetBar";
import { ShortScore } from "./circuit/Scores";
import { aboutText, linkIn, useCircuit } from "./circuit/useCircuit";
import { Columns } from "./Columns";
import { useDetailsFocus } from "./detailsFocus";
import { Drawing } from "./drawing/Drawing";
import { Help } from "./drawing/help/Help";
import { Legend } from "./drawing/Legend";
import { sizesBy } from "./drawing/prominence";
import type { GraphScene } from "./drawing/scene";
import { Embedded } from "./embed/Embedded";
import { GraphFacts } from "./facts/GraphFacts";
import { draftOf, testedNodes, wholeDraft } from "./interventions/draft";
import { useLost, type InView } from "./interventions/inView";
import { TestChips } from "./interventions/TestChips";
import { TestPanel } from "./interventions/TestPanel";
import { useTests } from "./interventions/useTests";
import { GraphTests } from "./interventions/verification/GraphTests";
import { useVerdicts } from "./interventions/verification/useVerdicts";
import { VerifyLine } from "./interventions/verification/VerifyLine";
import { LeftOut } from "./LeftOut";
import { useLinkedHover } from "./linked/useLinkedHover";
import { drawnBy } from "./model/budget";
import { Hover } from "./model/hover";
import { chosenNodes, linksBetween, litNodes } from "./model/lit";
import { fileTarget, logitsOf } from "./model/model";
import { nodeOf, nodesAt, nodesOf, selectionOf, type Selection } from "./model/selection";
import type { Subject } from "./model/testable";
import { NodeDetail } from "./node/NodeDetail";
import { ExportMenu } from "./out/ExportMenu";
import type { Stage } from "./out/pictured";
import { captionOf } from "./picture/caption";
import { nodesNamed } from "./question/filters/selector";
import { isGrouped, type Filter, type PageQuestion } from "./question/question";
import { QuestionForm } from "./question/QuestionForm";
import { SelectionDetail } from "./selection/SelectionDetail";
import { Search } from "./search/Search";
import { firstState, stateAfter } from "./state";
import { TokenStrip } from "./strip/TokenStrip";
import { useAddress } from "./useAddress";
import { useNames, type OpenedGraph } from "./useGraph";
import type { BenchEvent } from "./work/bench";
import { Conflict } from "./work/Conflict";
import { Tray } from "./work/Tray";
import { useUndo } from "./work/useUndo";
import { useViews } from "./work/useViews";
import { ViewMenu } from "./work/ViewMenu";
import { FILE_VIEW } from "./work/views";
import { allPinned, arePinned, type Edit } from "./work/work";
import "./Opened.css";

/** What only the Circuit tab needs loads when it opens. */
const Circuit = lazy(async () => ({ default: (await import("./circuit/Circuit")).Circuit }));

export function Opened(opened: OpenedGraph) {
  const { scores, views: openedViews } = opened;
  const [embedded] = useState(isEmbedded);
  const found = (search: string) => pageIn(unembedded(search), opened.model, scores, openedViews);
  const [state, dispatch] = useReducer(stateAfter, null, () => firstState(found(window.location.search)));
  const { row, selection, tab, test, draft, sizedBy, budget, bench, steps, leftOut, revision, trouble } = state;
  const { work } = bench.on;
  const view = bench.on.view?.name ?? null;
  const question = useMemo(() => ({ ...state.question, view: view === openedViews.first ? null : view }), [state.question, view, openedViews.first]);
  const search = addressOf(state, bench.on, opened.model, scores, openedViews.first);
  // Inside another page, Back is that page's.
  useAddress(embedded ? window.location.search : search, steps, (search) => dispatch({ type: "went", to: found(search) }));
  const names = useNames(opened, question.labels, question.view, revision);
  const { model } = names;
  const { record } = model;
  const onError = useCallback((error: ApiError) => dispatch({ type: "failed", error }), []);
  const onSelect = useCallback((selected: Selection | null) => dispatch({ type: "selected", selection: selected }), []);
  const onPick = useCallback((picked: number | null) => onSelect(picked === null ? null : { kind: "node", node: picked }), [onSelect]);
  const onBox = useCallback((nodes: readonly number[], adds: boolean) => dispatch({ type: "boxed", nodes, adds }), []);
  const onFilter = (filter: Filter, id: string) => dispatch({ type: "filtered", filter, id });
  const onChange = (change: Partial<PageQuestion>) => dispatch({ type: "asked", change });
  const onNamed = useCallback(() => dispatch({ type: "named" }), []);
  const onBench = useCallback((event: BenchEvent) => dispatch({ type: "worked", event }), []);
  const onEdit = useCallback((edit: Edit) => onBench({ type: "edited", edit }), [onBench]);
  const annotation = useAnnotation(record.id, onNamed);
  const onMeasured = useCallback((test: string) => dispatch({ type: "measured", test }), []);
  const onTestDeleted = useCallback((test: string) => onBench({ type: "lost", tests: [test] }), [onBench]);
  const tests = useTests(record.id, { onMeasured, onDeleted: onTestDeleted });
  useLost(tests, work.tests, useCallback((lost: readonly string[]) => dispatch({ type: "lost", tests: lost }), []));
  const inView: InView = {
    tests: work.tests,
    name: view,
    onAdd: (test) => onEdit({ type: "tested", tests: [test] }),
    onTakeOut: (test) => onEdit({ type: "untested", tests: [test] }),
  };
  const onOpenTest = (test: string | null) => dispatch({ type: "tested", test });
  const verdicts = useVerdicts(tests, model, question, scores);
  const onTest = (subjects: readonly Subject[]) => dispatch({ type: "drafted", draft: draftOf(subjects) });
  const views = useViews(opened.model, bench.on, onBench, onError);
  const { undo, redo } = useUndo(opened.model, bench, onBench, onNamed, onError);

  const lists = useLists(record.id, question, scores, revision);
  const onMoved = useCallback((moved: LitRow | null) => dispatch({ type: "moved", row: moved }), []);
  useKeptRow(lists, row, onMoved);
  const missed = missedRow(lists, row);
  useEffect(() => {
    if (missed) dispatch({ type: "missed", row: missed });
  }, [missed]);
  const flow = useFlow(model, question);
  const through = flow.answer?.through ?? null;
  const byHand = useMemo(() => ({ shown: allPinned(work), hidden: work.hidden }), [work]);
  const drawn = useMemo(() => drawnBy(opened.model, flow.answer, budget, byHand), [opened.model, flow.answer, budget, byHand]);
  const sizes = useMemo(() => sizesBy(sizedBy, model.nodes, through), [model, sizedBy, through]);
  const target = question.target ?? lists[0]?.answer?.targets[0]?.node.id ?? null;
  const targetNode = (target === null ? undefined : model.ordinalOf.get(target)) ?? logitsOf(model)[0] ?? 0;
  const answerOf = (row: LitRow | null) => lists.find(({ side }) => side === row?.side)?.answer ?? null;
  const litAnswer = answerOf(row);
  const source = useMemo(() => litSource(litAnswer, row), [litAnswer, row]);
  const node = nodeOf(selection);
  const members = useCallback((name: string) => work.supernodes.find((one) => one.name === name)?.nodes ?? [], [work]);
  const chosen = useMemo(() => nodesOf(opened.model, selection, members), [opened.model, selection, members]);
  const tested = useMemo(() => testedNodes(opened.model, tests.interventions, test, draft), [opened.model, tests.interventions, test, draft]);
  const lit = useMemo(() => {
    if (tested.length > 0) return litNodes(opened.model, tested);
    if (selection?.kind === "link") return { nodes: [...chosen], edges: [selection.edge] };
    if (selection?.kind === "circuit-link") {
      const [sources, targets] = [selection.source, selection.target].map((end) => nodesAt(opened.model, end, members));
      return { nodes: [...chosen], edges: linksBetween(opened.model, sources ?? [], new Set(targets)) };
    }
    if (selection?.kind === "supernode") return litNodes(opened.model, chosen);
    return litOf(model, source);
  }, [opened.model, model, tested, selection, members, chosen, source]);
  const isToken = selection?.kind === "token" || (node !== null && model.nodes.kind[node] === "embedding");

  const [hover] = useState(() => new Hover());
  const onHoverRow = (over: LitRow | null) => hover.set(over && litOf(model, litSource(answerOf(over), over)));
  useLinkedHover(hover, model, lists);
  // What the pointer was over is gone with the list that held it.
  const [firstAnswer, secondAnswer] = lists.map(({ answer }) => answer);
  useEffect(() => hover.set(null), [hover, selection, firstAnswer, secondAnswer]);

  const circuit = useCircuit(model, work, question);
  const stage = useRef<HTMLDivElement>(null);
  const fullScreen = useFullScreen(stage);
  const [searching, setSearching] = useState(false);
  const onSearch = () => setSearching(true);
  const help = useRef<HTMLDialogElement>(null);
  const onHelp = () => help.current?.showModal();
  useShortcuts({ "/": onSearch, "?": onHelp, ...(fullScreen ? { f: fullScreen.toggle } : {}) });
  const [grouping, setGrouping] = useState(false);
  const { details, enter, leave } = useDetailsFocus();
  const onPin = () => onEdit({ type: arePinned(work, chosen) ? "unpinned" : "pinned", nodes: chosen });
  const onHide = () => onEdit({ type: "hidden", nodes: chosen });
  useShortcuts(embedded || chosen.length === 0 ? {} : { p: onPin, h: onHide, g: () => setGrouping(true) });
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

  const scene = useRef<GraphScene>(null);
  const ratherThan = (question.ratherThan === null ? undefined : model.ordinalOf.get(question.ratherThan)) ?? null;
  const middle = (
    <>
      <Help dialog={help} />
      <div className="opened-tab">
        <div className="opened-graph" inert={tab !== "graph"} data-away={tab !== "graph"}>
          <Drawing
            model={model}
            sizes={sizes}
            target={targetNode}
            drawn={drawn}
            lit={lit}
            nodes={chosen}
            ahead={flow.answer}
            hovered={hover}
            handle={scene}
            onPick={onPick}
            onBox={onBox}
            onSearch={onSearch}
            onHelp={onHelp}
            onDetails={enter}
            fullScreen={fullScreen}
          />
          {!embedded && (
            <BudgetBar
              model={model}
              target={targetNode}
              ratherThan={question.ratherThan}
              budget={budget}
              drawn={drawn}
              chosen={chosenNodes({ lit, nodes: chosen })}
              byHand={work.hidden}
              flow={through}
              onChange={(change) => dispatch({ type: "budgeted", change })}
              onUnhide={(nodes) => onEdit({ type: "unhidden", nodes })}
              onPick={onPick}
              onHover={hover.set}
            />
          )}
        </div>
        {searching && (
          <Search
            model={model}
            weight={through ?? sizes.prominence}
            flow={through}
            shows={drawn.shows}
            hover={hover}
            onPick={onPick}
            onAll={(nodes) => onSelect(selectionOf(nodes))}
            onClose={() => {
              setSearching(false);
              stage.current?.querySelector<HTMLElement>(tab === "graph" ? ".drawing" : ".opened-bar [aria-pressed=true]")?.focus();
            }}
          />
        )}
        {tab === "circuit" && (
          <Suspense fallback={<p className="muted opened-opening">Opening…</p>}>
            <Circuit
              model={model}
              work={work}
              question={question}
              isGrouped={isGrouped(question, scores)}
              circuit={circuit}
              selection={selection}
              chosen={chosen}
              hover={hover}
              onFile={openedViews.first === FILE_VIEW ? () => void views.open(FILE_VIEW) : null}
              onEdit={onEdit}
              onSelect={onSelect}
              onError={onError}
            />
          </Suspense>
        )}
      </div>
    </>
  );
  if (embedded) {
    const link = window.location.origin + window.location.pathname + search;
    const caption = captionOf(model, targetNode, ratherThan, drawn, link);
    const explained = circuit.scored.answer?.answer.explained;
    const ofCircuit = explained === undefined ? "" : `A circuit that explains ${percent(explained)} of the influence`;
    return (
      <Embedded
        stageRef={stage}
        zooms={tab === "graph"}
        caption={tab === "graph" ? caption : { ...caption, drawn: ofCircuit }}
        link={link}
        news={
          <>
            {flow.error && <Trouble error={flow.error} title="The flow could not be read" onRetry={flow.again} />}
            {leftOut.length > 0 && <LeftOut parts={leftOut} onClose={() => dispatch({ type: "noticed" })} />}
          </>
        }
      >
        {middle}
      </Embedded>
    );
  }
  const pictured = (): Stage | null => {
    if (tab === "graph") return scene.current && { scene: scene.current };
    const svg = stage.current?.querySelector<SVGSVGElement>("svg[data-picture]");
    return svg ? { svg } : null;
  };
  return (
    <div className="page opened">
      <TopBar
        // The strip below has the whole prompt.
        place={<Prediction record={record} most={48} />}
        actions={
          <>
            <ExportMenu
              subject={{ model, target: targetNode, ratherThan, drawn, sizedBy }}
              search={search}
              stage={pictured}
              labels={question.labels}
              on={bench.on}
              isSaving={views.isBusy}
              onSave={(name) => void views.save(name)}
            />
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
      <TokenStrip
        model={model}
        shows={drawn.shows}
        chosen={chosenNodes({ lit, nodes: chosen })}
        selected={isToken ? chosen.map((each) => model.nodes.position[each] ?? 0) : []}
        target={targetNode}
        ratherThan={question.ratherThan}
        sources={question.source.flatMap((selector) => nodesNamed(model, "source", selector)).flatMap((each) => (model.nodes.kind[each] === "embedding" ? [model.nodes.position[each] ?? 0] : []))}
        hover={hover}
        onToken={(position) => onSelect(selection?.kind === "token" && selection.position === position ? null : { kind: "token", position })}
        onSource={(position) => onFilter("source", `position:${position}`)}
        onTarget={(target) => onChange({ target })}
        onRatherThan={(ratherThan) => onChange({ target, ratherThan })}
      />
      <Columns
        stageRef={stage}
        detailsRef={details}
        answers={
          <>
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
              verdictOf={verdicts?.verdictOf ?? null}
            />
            {verdicts && <VerifyLine model={model} tests={tests} verification={verdicts.verification} groupBy={verdicts.groupBy} />}
          </>
        }
        stage={
          <>
            <Tabs tab={tab} onTab={(tab) => dispatch({ type: "tabbed", tab })} />
            {middle}
          </>
        }
        details={
          test !== null || draft !== null ? (
            <TestPanel
              model={model}
              tests={tests}
              inView={inView}
              shown={test}
              draft={draft}
              aim={question}
              picked={node}
              onDraft={(draft) => dispatch({ type: "drafted", draft })}
              onPick={onPick}
              onHover={hover.set}
              onClose={() => onOpenTest(null)}
            />
          ) : node !== null ? (
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
              onLabelled={(label) => onBench({ type: "labelled", label })}
              annotation={annotation}
              onTest={onTest}
            />
          ) : selection ? (
            <SelectionDetail
              model={model}
              selection={selection}
              nodes={chosen}
              flow={flow.answer}
              work={work}
              inCircuit={selection.kind === "circuit-link" ? linkIn(circuit, selection.source, selection.target) : null}
              about={aboutText(model, circuit)}
              question={question}
              onFilter={onFilter}
              onEdit={onEdit}
              onSelect={onSelect}
              onHover={hover.set}
              onTest={onTest}
            />
          ) : source && litAnswer ? (
            <PathDetail
              model={model}
              scores={scores}
              answer={litAnswer}
              source={source}
              flow={through}
              onPick={onPick}
              onSelect={(nodes) => onSelect(selectionOf(nodes))}
              onTest={onTest}
              onLink={(edge) => onSelect({ kind: "link", edge })}
            />
          ) : (
            <GraphFacts
              record={record}
              fileTarget={fileTarget(model)}
              nodes={model.nodes}
              labels={question.labels}
              onLabels={(labels) => onChange({ labels })}
              annotation={annotation}
            >
              <GraphTests
                model={model}
                tests={tests}
                inView={inView}
                onOpen={onOpenTest}
                onSwap={() => dispatch({ type: "drafted", draft: wholeDraft() })}
              />
            </GraphFacts>
          )
        }
      />
      <Tray
        model={model}
        bench={bench}
        selection={selection}
        chosen={chosen}
        grouping={grouping && chosen.length > 0}
        onGrouping={setGrouping}
        onEdit={onEdit}
        onSelect={onSelect}
        onHover={hover.set}
        onUndo={undo}
        onRedo={redo}
        things={<TestChips model={model} tests={tests} inView={inView} shown={test} onOpen={(id) => onOpenTest(id === test ? null : id)} onHover={hover.set} />}
        views={<ViewMenu on={bench.on} views={views} onNotes={(notes) => onBench({ type: "noted", notes })} />}
      >
        {circuit.parts.length > 0 && circuit.scored.answer && <ShortScore answer={circuit.scored.answer.answer} />}
      </Tray>
      <Conflict work={work} views={views} />
      <Legend model={model} sizedBy={sizedBy} onSizedBy={(by) => dispatch({ type: "sized", by })} />
    </div>
  );
}

const TAB_NAMES: Record<Tab, string> = { graph: "Graph", circuit: "Circuit" };

function Tabs({ tab, onTab }: { tab: Tab; onTab: (tab: Tab) => void }) {
  return (
    <div className="opened-bar">
      <div className="segmented" role="group" aria-label="What stands in the middle" data-testid="tabs">
        {TABS.map((each) => (
          <button key={each} type="button" aria-pressed={each === tab} onClick={() => onTab(each)}>
            {TAB_NAMES[each]}
          </button>
        ))}
      </div>
    </div>
  );
}
