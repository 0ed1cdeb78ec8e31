/** The right column: the test, or what is selected, or the lit row, or else the graph. */
import { lazy, Suspense } from "react";
import { PathDetail } from "../answer/PathDetail";
import { aboutText, linkIn } from "../circuit/useCircuit";
import { GraphFacts } from "../facts/GraphFacts";
import { SharedGraphs } from "../facts/SharedGraphs";
import { useSharing } from "../facts/useSharing";
import { INSIDE_TABS } from "../internals/inside";
import { GraphTests } from "../interventions/verification/GraphTests";
import { fileTarget } from "../model/model";
import { nodeOf } from "../model/selection";
import { NodeDetail } from "../node/NodeDetail";
import { PruneAgain } from "../prune/PruneAgain";
import { SelectionDetail } from "../selection/SelectionDetail";
import type { Page } from "./usePage";

/** What sets a test up, or shows one, loads when one is opened. */
const TestPanel = lazy(async () => ({ default: (await import("../interventions/TestPanel")).TestPanel }));
/** What says something of heads loads when one is selected, or a link. */
const HeadDetail = lazy(async () => ({ default: (await import("../internals/details/lazily")).HeadDetail }));
const LinkHeads = lazy(async () => ({ default: (await import("../internals/details/lazily")).LinkHeads }));

export const Details = ({ page }: { page: Page }) => (
  <Suspense fallback={<p className="muted">Opening…</p>}>
    <Content page={page} />
  </Suspense>
);

function Content({ page }: { page: Page }) {
  const { state, act, model, question, tests, hover, flow, annotation, source, litAnswer } = page;
  const { selection, test, draft } = state;
  const sharing = useSharing(model);
  const node = nodeOf(selection);
  if (test !== null || draft !== null) {
    return (
      <TestPanel
        model={model}
        tests={tests}
        inView={page.inView}
        shown={test}
        draft={draft}
        aim={question}
        picked={node}
        onDraft={act.onDraft}
        onPick={act.onPick}
        onHover={hover.set}
        onClose={() => act.onTested(null)}
      />
    );
  }
  if (node !== null) {
    return (
      <NodeDetail
        key={node}
        model={model}
        node={node}
        flow={flow.answer}
        onPick={act.onPick}
        onHover={hover.set}
        question={question}
        target={page.target}
        onFilter={act.onFilter}
        onChange={act.onChange}
        revision={state.revision}
        onNamed={act.onNamed}
        onLabelled={act.onLabelled}
        annotation={annotation}
        onTest={act.onTest}
      />
    );
  }
  if (selection?.kind === "head") {
    return (
      <HeadDetail
        model={model}
        internals={page.internals}
        notation={state.inside.notation}
        head={selection}
        cell={selection.cell}
        links={page.carried}
        tab={INSIDE_TABS.find((tab) => tab === state.tab) ?? null}
        onHead={act.onHead}
        onPick={act.onPick}
        onLink={act.onLink}
        onTab={act.onTab}
        onHover={hover.set}
      />
    );
  }
  if (selection) {
    return (
      <SelectionDetail
        model={model}
        selection={selection}
        nodes={page.chosen}
        flow={flow.answer}
        work={page.work}
        inCircuit={selection.kind === "circuit-link" ? linkIn(page.circuit, selection.source, selection.target) : null}
        about={aboutText(model, page.circuit)}
        question={question}
        onFilter={act.onFilter}
        onEdit={act.onEdit}
        onSelect={act.onSelect}
        onHover={hover.set}
        onTest={act.onTest}
      >
        {selection.kind === "link" && (
          <Suspense fallback={null}>
            <LinkHeads
              model={model}
              internals={page.internals}
              notation={state.inside.notation}
              edge={selection.edge}
              onPattern={act.onPattern}
              onTab={act.onTab}
            />
          </Suspense>
        )}
      </SelectionDetail>
    );
  }
  if (source && litAnswer) {
    return (
      <PathDetail
        model={model}
        scores={page.scores}
        answer={litAnswer}
        source={source}
        flow={page.through}
        onPick={act.onPick}
        onSelect={act.onNodes}
        onTest={act.onTest}
        onLink={act.onLink}
      />
    );
  }
  return (
    <GraphFacts
      record={model.record}
      fileTarget={fileTarget(model)}
      nodes={model.nodes}
      labels={question.labels}
      onLabels={(labels) => act.onChange({ labels })}
      annotation={annotation}
      pruning={<PruneAgain record={model.record} pruning={page.pruning} />}
    >
      <SharedGraphs model={model} sharing={sharing} onSelect={act.onNodes} onHover={hover.set} />
      <GraphTests model={model} tests={tests} inView={page.inView} onOpen={act.onTested} onSwap={act.onSwap} />
    </GraphFacts>
  );
}
