/** What an opened graph's page shows: its state, the server's answers to it, and what follows from both. */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import type { PathsAnswer } from "../../api/types";
import { isEmbedded, unembedded } from "../../shared/frames/embed";
import { withoutTheme, withTheme } from "../../shared/theme";
import { useAnnotation } from "../../feature/annotation/useAnnotation";
import type { Seen } from "../../walk/steps";
import { addressOf, embeddedPage, pageIn, rowText } from "../address";
import { litOf, litSource, type LitRow } from "../answer/rows";
import { useFlow } from "../answer/useFlow";
import { missedRow, useKeptRow, useLists, type List } from "../answer/useLists";
import { useCircuit } from "../circuit/useCircuit";
import { sizesBy } from "../drawing/prominence";
import { testedNodes } from "../interventions/draft";
import { useLost, type InView } from "../interventions/inView";
import { useTests, type Tests } from "../interventions/useTests";
import { useVerdicts } from "../interventions/verification/useVerdicts";
import { useLinkedHover } from "../linked/useLinkedHover";
import { drawnBy } from "../model/budget";
import { Hover } from "../model/hover";
import { chosenNodes, linksBetween, litLinks, litNodes, type Lit } from "../model/lit";
import { logitsOf } from "../model/model";
import { nodeOf, nodesAt, nodesOf } from "../model/selection";
import { usePruning } from "../prune/usePruning";
import { firstState, stateAfter } from "../state";
import { useNames, type OpenedGraph } from "../useGraph";
import type { BenchEvent } from "../work/bench";
import { useUndo } from "../work/useUndo";
import { useViews } from "../work/useViews";
import { allPinned } from "../work/work";
import { useActions } from "./actions";
import { useAddress } from "./useAddress";
import { useInside } from "./useInside";

export type Page = ReturnType<typeof usePage>;

export function usePage(opened: OpenedGraph) {
  const { scores, views: openedViews } = opened;
  const [embedded] = useState(isEmbedded);
  const found = (search: string) => {
    const asked = pageIn(withoutTheme(unembedded(search)), opened.model, scores, openedViews);
    return embedded ? embeddedPage(asked) : asked;
  };
  const [state, dispatch] = useReducer(stateAfter, null, () => firstState(found(window.location.search)));
  const act = useActions(dispatch);
  const { row, selection, test, draft, bench } = state;
  const { work } = bench.on;
  const view = bench.on.view?.name ?? null;
  const question = useMemo(() => ({ ...state.question, view: view === openedViews.first ? null : view }), [state.question, view, openedViews.first]);
  const search = withTheme(addressOf(state, bench.on, opened.model, scores, openedViews.first), window.location.search);
  // Inside another page, Back is that page's.
  useAddress(embedded ? window.location.search : search, state.steps, (search) => dispatch({ type: "went", to: found(search) }));

  const names = useNames(opened, question.labels, question.view, state.revision);
  const { model } = names;
  const { id } = model.record;
  const annotation = useAnnotation(id, act.onNamed);
  const stored = useTests(id, { onMeasured: act.onMeasured, onDeleted: act.onTestDeleted });
  const tests = useUndone(stored, act.onBench);
  useLost(tests, work.tests, act.onLost);
  const inView = useMemo((): InView => ({ tests: work.tests, name: view, onAdd: act.onKeepTest, onTakeOut: act.onTakeOutTest }), [work.tests, view, act]);
  const verdicts = useVerdicts(tests, model, question, scores);
  const views = useViews(opened.model, bench.on, act.onBench, act.onError);
  const history = useUndo(opened.model, bench, stored, act.onBench, act.onNamed, act.onError);
  const lists = useLists(id, question, scores, state.revision);
  useKeptRow(lists, row, act.onMoved);
  const missed = missedRow(lists, row);
  useEffect(() => {
    if (missed) act.onMissed(missed);
  }, [act, missed]);
  const flow = useFlow(model, question);
  const through = flow.answer?.through ?? null;

  const { pinned, supernodes, hidden } = work;
  const byHand = useMemo(() => ({ shown: allPinned({ pinned, supernodes }), hidden }), [pinned, supernodes, hidden]);
  const drawn = useMemo(() => drawnBy(opened.model, flow.answer, state.budget, byHand), [opened.model, flow.answer, state.budget, byHand]);
  const sizes = useMemo(() => sizesBy(state.sizedBy, model.nodes, through), [model, state.sizedBy, through]);
  const target = question.target ?? lists[0]?.answer?.targets[0]?.node.id ?? null;
  const targetNode = (target === null ? undefined : model.ordinalOf.get(target)) ?? logitsOf(model)[0] ?? 0;

  const litAnswer = answerOf(lists, row);
  const source = useMemo(() => litSource(litAnswer, row), [litAnswer, row]);
  const members = useCallback((name: string) => supernodes.find((one) => one.name === name)?.nodes ?? [], [supernodes]);
  const chosen = useMemo(() => nodesOf(opened.model, selection, members), [opened.model, selection, members]);
  const tested = useMemo(() => testedNodes(opened.model, tests.interventions, test, draft), [opened.model, tests.interventions, test, draft]);
  const { internals, carried, pointed } = useInside(id, state, act);
  const lit = useMemo(() => {
    if (tested.length > 0) return litNodes(opened.model, tested);
    if (selection?.kind === "head") return litLinks(opened.model, carried.answer?.links ?? []);
    if (selection?.kind === "link") return { nodes: [...chosen], edges: [selection.edge] };
    if (selection?.kind === "circuit-link") {
      const [sources, targets] = [selection.source, selection.target].map((end) => nodesAt(opened.model, end, members));
      return { nodes: [...chosen], edges: linksBetween(opened.model, sources ?? [], new Set(targets)) };
    }
    if (selection?.kind === "supernode") return litNodes(opened.model, chosen);
    return litOf(model, source);
  }, [opened.model, model, tested, selection, carried.answer, members, chosen, source]);
  const standing = useMemo(() => chosenNodes({ lit, nodes: chosen }), [lit, chosen]);

  const [hover] = useState(() => new Hover());
  const hoveredRow = useRef<{ over: Lit; answer: PathsAnswer | null } | null>(null);
  const onHoverRow = useCallback(
    (row: LitRow | null) => {
      const answer = answerOf(lists, row);
      hoveredRow.current = row && { over: litOf(model, litSource(answer, row)), answer };
      hover.set(hoveredRow.current?.over ?? null);
    },
    [hover, model, lists],
  );
  useLinkedHover(hover, model, lists);
  // What the pointer was over is gone with the selection that held it, and a row with its answer: its place has another.
  useEffect(() => hover.set(null), [hover, selection]);
  useEffect(() => {
    const row = hoveredRow.current;
    if (row?.over !== hover.over) return;
    if (!lists.some(({ answer }) => answer === row.answer)) hover.set(null);
  }, [hover, lists]);

  const circuit = useCircuit(model, work, question);
  const pruning = usePruning(id);
  const seen = useMemo((): Seen => {
    const node = nodeOf(selection);
    return {
      question: JSON.stringify({ ...state.question, k: null }),
      row: row && rowText(row),
      feature: node !== null && opened.model.nodes.kind[node] === "feature" ? (opened.model.nodes.id[node] ?? null) : null,
      drawn: JSON.stringify(state.budget),
      work: JSON.stringify([work, view, bench.on.view?.revision, test, draft]),
    };
  }, [opened.model, state.question, state.budget, row, selection, work, view, bench.on.view?.revision, test, draft]);

  return {
    embedded,
    state,
    act,
    /** The query of the page's address. */
    search,
    scores,
    openedViews,
    model,
    names,
    work,
    question,
    annotation,
    tests,
    inView,
    verdicts,
    views,
    history,
    lists,
    flow,
    /** The flow through each node to the target; null while it is not known. */
    through,
    circuit,
    /** Another pruning of the graph's trace, which goes on while something else is shown. */
    pruning,
    /** What the walk looks at. */
    seen,
    internals,
    /** The links that the selected head carried. */
    carried,
    pointed,
    drawn,
    sizes,
    hover,
    onHoverRow,
    /** What the lit row, the selection or the test lights in the drawing. */
    lit,
    /** The lit row: its path or group, and the answer that lists it. */
    source,
    litAnswer,
    /** The id of the question's target; null while the server has not said which it takes. */
    target,
    targetNode,
    /** The ordinal of the logit that the target is told apart from, or null. */
    ratherThan: (question.ratherThan === null ? undefined : model.ordinalOf.get(question.ratherThan)) ?? null,
    /** The nodes of the selection. */
    chosen,
    /** The nodes that stand out in the drawing. */
    standing,
  };
}

/** The tests, whose deletions from a list are steps of undo. */
function useUndone(tests: Tests, onBench: (event: BenchEvent) => void): Tests {
  return useMemo(
    () => ({
      ...tests,
      remove: (test: string) => {
        tests.remove(test);
        onBench({ type: "leaving", test });
      },
      keep: (test: string) => {
        tests.keep(test);
        onBench({ type: "kept", test });
      },
    }),
    [tests, onBench],
  );
}

const answerOf = (lists: readonly List[], row: LitRow | null) => lists.find(({ side }) => side === row?.side)?.answer ?? null;
