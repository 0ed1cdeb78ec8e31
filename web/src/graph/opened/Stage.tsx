/** The middle column under its tabs: the drawing with what is drawn of the graph, or the circuit. */
import { lazy, Suspense, type RefObject } from "react";
import type { FullScreen } from "../../shared/hooks/useFullScreen";
import { BudgetBar } from "../budget/BudgetBar";
import { Drawing } from "../drawing/Drawing";
import type { GraphScene } from "../drawing/scene";
import { INSIDE_TABS } from "../internals/inside";
import { isGrouped } from "../question/question";
import { Search } from "../search/Search";
import { FILE_VIEW } from "../work/views";
import type { Page } from "./usePage";

/** What only the Circuit tab needs loads when it opens. */
const Circuit = lazy(async () => ({ default: (await import("../circuit/Circuit")).Circuit }));

/** The same of the tabs of the prompt's internals. */
const InternalsTab = lazy(async () => ({ default: (await import("../internals/InternalsTab")).InternalsTab }));

interface StageProps {
  page: Page;
  scene: RefObject<GraphScene | null>;
  fullScreen: FullScreen | null;
  searching: boolean;
  onSearch: () => void;
  onSearched: () => void;
  onHelp: () => void;
  /** Moves the focus to the details. */
  onDetails: () => void;
}

export function Stage({ page, scene, fullScreen, searching, onSearch, onSearched, onHelp, onDetails }: StageProps) {
  const { state, act, model, question, work, flow, through, drawn, sizes, chosen, lit, hover } = page;
  const { tab, selection, budget, inside } = state;
  const insideTab = INSIDE_TABS.find((each) => each === tab);
  const head = selection?.kind === "head" ? selection : null;
  return (
    <div className="opened-tab">
      <div className="opened-graph" inert={tab !== "graph"} data-away={tab !== "graph"}>
        <Drawing
          model={model}
          sizes={sizes}
          target={page.targetNode}
          drawn={drawn}
          lit={lit}
          nodes={chosen}
          ahead={flow.answer}
          hovered={hover}
          handle={scene}
          onPick={act.onPick}
          onBox={act.onBox}
          onSearch={onSearch}
          onHelp={onHelp}
          onDetails={onDetails}
          fullScreen={fullScreen}
        />
        {!page.embedded && (
          <BudgetBar
            model={model}
            target={page.targetNode}
            ratherThan={question.ratherThan}
            budget={budget}
            drawn={drawn}
            chosen={page.standing}
            byHand={work.hidden}
            flow={through}
            onChange={act.onBudget}
            onUnhide={(nodes) => act.onEdit({ type: "unhidden", nodes })}
            onPick={act.onPick}
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
          onPick={act.onPick}
          onAll={act.onNodes}
          onClose={onSearched}
        />
      )}
      {insideTab && (
        <Suspense fallback={<p className="muted opened-opening">Opening…</p>}>
          <InternalsTab
            tab={insideTab}
            model={model}
            internals={page.internals}
            inside={inside}
            onInside={act.onInside}
            head={head}
            cell={head?.cell ?? null}
            onHead={act.onHead}
            onTab={act.onTab}
            pointed={page.pointed}
          />
        </Suspense>
      )}
      {tab === "circuit" && (
        <Suspense fallback={<p className="muted opened-opening">Opening…</p>}>
          <Circuit
            model={model}
            work={work}
            question={question}
            isGrouped={isGrouped(question, page.scores)}
            circuit={page.circuit}
            selection={selection}
            chosen={chosen}
            hover={hover}
            onFile={page.openedViews.first === FILE_VIEW ? () => void page.views.open(FILE_VIEW) : null}
            onEdit={act.onEdit}
            onSelect={act.onSelect}
            onError={act.onError}
          />
        </Suspense>
      )}
    </div>
  );
}
