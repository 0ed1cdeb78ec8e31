/** The page's columns: the answers, the stage and the details, of which the outer two are resized and folded. */
import { useState, useSyncExternalStore, type ReactNode, type Ref } from "react";
import { Group, Panel, Separator, useDefaultLayout, usePanelRef, type PanelImperativeHandle } from "react-resizable-panels";
import { useShortcuts } from "../../shared/hooks/useShortcuts";
import "./Columns.css";

/** At this width and below, the columns stand under each other (Opened.css). */
const NARROW = window.matchMedia("(max-width: 900px)");
const subscribe = (listen: () => void) => {
  NARROW.addEventListener("change", listen);
  return () => NARROW.removeEventListener("change", listen);
};

interface ColumnsProps {
  answers: ReactNode;
  stage: ReactNode;
  details: ReactNode;
  stageRef: Ref<HTMLDivElement>;
  detailsRef: Ref<HTMLElement>;
}

export function Columns(props: ColumnsProps) {
  const isNarrow = useSyncExternalStore(subscribe, () => NARROW.matches);
  return isNarrow ? <Stacked {...props} /> : <Beside {...props} />;
}

function Stacked({ answers, stage, details, stageRef, detailsRef }: ColumnsProps) {
  return (
    <main className="opened-columns">
      <section className="opened-paths" aria-labelledby="why" data-testid="paths">
        {answers}
      </section>
      <div ref={stageRef} className="opened-stage">{stage}</div>
      <aside ref={detailsRef} className="opened-details" aria-label="Details">
        {details}
      </aside>
    </main>
  );
}

/** Pixels: as wide as it opens, and at least. */
const ANSWERS = { opens: () => within(window.innerWidth * 0.25, 300, 400), least: 260 };
const DETAILS = { opens: () => within(window.innerWidth * 0.2, 248, 340), least: 220 };
const STAGE = 240;

const within = (value: number, least: number, most: number): number => Math.round(Math.min(most, Math.max(least, value)));

function Beside({ answers, stage, details, stageRef, detailsRef }: ColumnsProps) {
  const left = usePanelRef();
  const right = usePanelRef();
  const [folded, setFolded] = useState({ left: false, right: false });
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({ id: "circuit-explorer.columns", onlySaveAfterUserInteractions: true });
  useShortcuts({ "[": () => fold(left.current), "]": () => fold(right.current) });
  return (
    <main className="opened-columns">
      <Group orientation="horizontal" id="columns" defaultLayout={defaultLayout} onLayoutChanged={onLayoutChanged}>
        <Panel
          id="answers"
          panelRef={left}
          collapsible
          defaultSize={ANSWERS.opens()}
          minSize={ANSWERS.least}
          groupResizeBehavior="preserve-pixel-size"
          onResize={({ inPixels }) => setFolded((before) => ({ ...before, left: inPixels === 0 }))}
        >
          <section className="opened-paths" aria-labelledby="why" inert={folded.left} data-testid="paths">
            {answers}
          </section>
        </Panel>
        <Separator className="columns-line" aria-label="Width of the answers" />
        <Panel id="stage" minSize={STAGE}>
          <div ref={stageRef} className="opened-stage">
            {stage}
            <FoldButton side="left" isFolded={folded.left} onFold={() => fold(left.current)} />
            <FoldButton side="right" isFolded={folded.right} onFold={() => fold(right.current)} />
          </div>
        </Panel>
        <Separator className="columns-line" aria-label="Width of the details" />
        <Panel
          id="details"
          panelRef={right}
          collapsible
          defaultSize={DETAILS.opens()}
          minSize={DETAILS.least}
          groupResizeBehavior="preserve-pixel-size"
          onResize={({ inPixels }) => setFolded((before) => ({ ...before, right: inPixels === 0 }))}
        >
          <aside ref={detailsRef} className="opened-details" aria-label="Details" inert={folded.right}>
            {details}
          </aside>
        </Panel>
      </Group>
    </main>
  );
}

function fold(panel: PanelImperativeHandle | null): void {
  if (panel?.isCollapsed()) panel.expand();
  else panel?.collapse();
}

interface FoldButtonProps {
  side: "left" | "right";
  isFolded: boolean;
  onFold: () => void;
}

function FoldButton({ side, isFolded, onFold }: FoldButtonProps) {
  const what = side === "left" ? "answers" : "details";
  const label = `${isFolded ? "Show" : "Fold"} the ${what} (${side === "left" ? "[" : "]"})`;
  const arrow = (side === "left") === isFolded ? "›" : "‹";
  return (
    <button type="button" className={`columns-fold is-${side}`} aria-expanded={!isFolded} aria-label={label} title={label} data-testid={`fold-${side}`} onClick={onFold}>
      <span aria-hidden="true">{arrow}</span>
    </button>
  );
}
