/**
 * An opened graph: the state of its page, and the panels that read and change it.
 *
 *     Opened -> Columns | Stage | Details | Tokens | LeftOut, usePage.ts -> actions.ts, useAddress.ts, useInside.ts;  detailsFocus.ts
 */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { DeleteGraph } from "../../shared/deletion/DeleteGraph";
import { percent } from "../../shared/format";
import { useFullScreen } from "../../shared/hooks/useFullScreen";
import { useShortcuts } from "../../shared/hooks/useShortcuts";
import { Icon } from "../../shared/Icon";
import { Prediction } from "../../shared/Prediction";
import { compareAddress, follow, navigate } from "../../shared/router";
import { TopBar } from "../../shared/TopBar";
import { Trouble } from "../../shared/Trouble";
import { isPassing } from "../../shared/useAnswer";
import { TABS, type Tab } from "../address";
import { PathList } from "../answer/PathList";
import { ShortScore } from "../circuit/Scores";
import { Help } from "../drawing/help/Help";
import { Legend } from "../drawing/Legend";
import type { GraphScene } from "../drawing/scene";
import { Embedded } from "../embed/Embedded";
import { TestChips } from "../interventions/TestChips";
import { VerifyLine } from "../interventions/verification/VerifyLine";
import { idEnd } from "../model/model";
import { ExportMenu } from "../out/ExportMenu";
import type { Stage as Pictured } from "../out/pictured";
import { captionOf } from "../picture/caption";
import { Walk } from "../../walk/Walk";
import { QuestionForm } from "../question/QuestionForm";
import type { OpenedGraph } from "../useGraph";
import { Conflict } from "../work/Conflict";
import { Tray } from "../work/Tray";
import { ViewMenu } from "../work/ViewMenu";
import { arePinned } from "../work/work";
import { Columns } from "./Columns";
import { Details } from "./Details";
import { useDetailsFocus } from "./detailsFocus";
import { LeftOut } from "./LeftOut";
import { Stage } from "./Stage";
import { Tokens } from "./Tokens";
import { usePage, type Page } from "./usePage";
import "./Opened.css";

export function Opened(opened: OpenedGraph) {
  const page = usePage(opened);
  const { embedded, state, act, search, model, scores, question, work, chosen, hover, tests, verdicts, views, circuit } = page;
  const { tab, selection, bench, sizedBy } = state;
  const { record } = model;

  const stage = useRef<HTMLDivElement>(null);
  const scene = useRef<GraphScene>(null);
  const fullScreen = useFullScreen(stage);
  const [searching, setSearching] = useState(false);
  const help = useRef<HTMLDialogElement>(null);
  const onSearch = () => setSearching(true);
  const onHelp = () => help.current?.showModal();
  const [grouping, setGrouping] = useState(false);
  const { details, enter, leave } = useDetailsFocus();
  useShortcuts({ "/": onSearch, "?": onHelp, ...(fullScreen ? { f: fullScreen.toggle } : {}) });
  const onPin = () => act.onEdit({ type: arePinned(work, chosen) ? "unpinned" : "pinned", nodes: chosen });
  const onHide = () => act.onEdit({ type: "hidden", nodes: chosen });
  useShortcuts(embedded || chosen.length === 0 ? {} : { p: onPin, h: onHide, g: () => setGrouping(true) });
  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      // An open dialog takes Escape for itself.
      if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
      leave();
      act.onEscape();
    };
    window.addEventListener("keydown", escape);
    return () => window.removeEventListener("keydown", escape);
  }, [act, leave]);

  const middle = (
    <>
      <Help dialog={help} />
      <Stage
        page={page}
        scene={scene}
        fullScreen={fullScreen}
        searching={searching}
        onSearch={onSearch}
        onSearched={() => {
          setSearching(false);
          stage.current?.querySelector<HTMLElement>(tab === "graph" ? ".drawing" : ".opened-bar [aria-pressed=true]")?.focus();
        }}
        onHelp={onHelp}
        onDetails={enter}
      />
    </>
  );
  if (embedded) {
    const link = window.location.origin + window.location.pathname + search;
    const caption = captionOf(model, page.targetNode, page.ratherThan, page.drawn, link);
    const explained = circuit.scored.answer?.answer.explained;
    const ofCircuit = explained === undefined ? "" : `A circuit that explains ${percent(explained)} of the influence`;
    return (
      <Embedded
        stageRef={stage}
        zooms={tab === "graph"}
        caption={tab === "graph" ? caption : { ...caption, drawn: ofCircuit }}
        link={link}
        news={<News page={page} />}
      >
        {middle}
      </Embedded>
    );
  }
  // A target that somebody chose goes with the graph.
  const targetEnd = question.target === null ? null : idEnd(model, question.target);
  const pictured = (): Pictured | null => {
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
            <a
              className="opened-compare"
              href={compareAddress(record.id) + (targetEnd === null ? "" : `&ta=${targetEnd}`)}
              onClick={follow}
              aria-label="Compare with…"
              title="Compare with another graph: what do they share, and what differs?"
              data-testid="compare-with"
            >
              <Icon name="compare" />
              <span>Compare with…</span>
            </a>
            <ExportMenu
              subject={{ model, target: page.targetNode, ratherThan: page.ratherThan, drawn: page.drawn, sizedBy }}
              search={search}
              stage={pictured}
              labels={question.labels}
              on={bench.on}
              isSaving={views.isBusy}
              onSave={(name) => void views.save(name)}
            />
            <DeleteGraph graph={record} onDeleted={() => navigate("/")} />
          </>
        }
      />
      <Walk graph={record.id} now={page.seen} />
      <News page={page} />
      <Tokens page={page} />
      <Columns
        stageRef={stage}
        detailsRef={details}
        answers={
          <>
            <QuestionForm model={model} scores={scores} question={question} target={page.target} onChange={act.onChange} />
            <PathList
              model={model}
              scores={scores}
              question={question}
              lists={page.lists}
              lit={state.row}
              onLight={act.onLight}
              onHover={page.onHoverRow}
              onLonger={act.onLonger}
              onChange={act.onChange}
              onDetails={enter}
              verdictOf={verdicts?.verdictOf ?? null}
            />
            {verdicts && <VerifyLine model={model} tests={tests} verification={verdicts.verification} groupBy={verdicts.groupBy} />}
          </>
        }
        stage={
          <>
            <Tabs tab={tab} onTab={act.onTab} />
            {middle}
          </>
        }
        details={<Details page={page} />}
      />
      <Tray
        model={model}
        bench={bench}
        selection={selection}
        chosen={chosen}
        grouping={grouping && chosen.length > 0}
        onGrouping={setGrouping}
        onEdit={act.onEdit}
        onSelect={act.onSelect}
        onHover={hover.set}
        onUndo={page.history.undo}
        onRedo={page.history.redo}
        things={<TestChips model={model} tests={tests} inView={page.inView} shown={state.test} onOpen={act.onTested} onHover={hover.set} />}
        views={<ViewMenu on={bench.on} views={views} onNotes={act.onNotes} />}
      >
        {circuit.parts.length > 0 && circuit.scored.answer && <ShortScore answer={circuit.scored.answer.answer} />}
      </Tray>
      <Conflict work={work} views={views} />
      <Legend model={model} sizedBy={sizedBy} onSizedBy={act.onSizedBy} />
    </div>
  );
}

/** What went wrong, and what the address asked for in vain. */
function News({ page }: { page: Page }): ReactNode {
  const { embedded, state, act, flow, names, lists } = page;
  const { leftOut, trouble } = state;
  // The lists say it themselves, where they are shown.
  const isSaid = !embedded && flow.error !== null && isPassing(flow.error) && lists.some(({ error }) => error);
  return (
    <>
      {flow.error && !isSaid && <Trouble error={flow.error} title="The flow could not be read" onRetry={flow.again} />}
      {!embedded && names.error && !isPassing(names.error) && (
        <Trouble error={names.error} title="The names could not be read again" onRetry={names.again} />
      )}
      {!embedded && trouble && <Trouble error={trouble} onDismiss={act.onDismiss} />}
      {leftOut.length > 0 && <LeftOut parts={leftOut} onClose={act.onNoticed} />}
    </>
  );
}

const TAB_NAMES: Record<Tab, string> = { graph: "Graph", circuit: "Circuit", attention: "Attention", heads: "Heads", tokens: "Tokens", flow: "Flow" };

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
