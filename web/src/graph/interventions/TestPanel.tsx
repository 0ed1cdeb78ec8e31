/**
 * graph/interventions/: a graph put to the test: what it predicts of changes, what the model does, what that is worth.
 *
 *     TestPanel -> change/TestForm (set up, predicted, run) | result/TestResult (the four answers) -> draft.ts | words.ts
 *     verification/: VerifyLine | VerdictMark | GraphTests (faithfulness, past tests);  TestChips (in the tray)
 *     ViewToggle -> inView.ts (which tests are the open View's);  all -> useTests.ts
 */
import { useEffect, useRef } from "react";
import { getIntervention } from "../../api/client";
import { Icon } from "../../shared/Icon";
import { Trouble } from "../../shared/Trouble";
import { useAnswer } from "../../shared/useAnswer";
import type { Lit } from "../model/lit";
import type { GraphModel } from "../model/model";
import type { InView } from "./inView";
import { ViewToggle } from "./ViewToggle";
import { TestForm } from "./change/TestForm";
import { draftFrom, type Draft } from "./draft";
import type { Aim } from "./result/effectOn";
import { TestResult } from "./result/TestResult";
import type { Tests } from "./useTests";
import { titleOf } from "./words";
import "./TestPanel.css";

export interface TestPanelProps {
  model: GraphModel;
  tests: Tests;
  inView: InView;
  /** The id of the stored test that is shown; null: one is set up. */
  shown: string | null;
  draft: Draft | null;
  aim: Aim;
  /** The ordinal of the selected node, which can be added; null: there is none. */
  picked: number | null;
  onDraft: (draft: Draft) => void;
  onPick: (node: number) => void;
  onHover: (over: Lit | null) => void;
  onClose: () => void;
}

/** A test in place of the details: the answers and the drawing stay in sight beside it. */
export function TestPanel({ model, tests, inView, shown, draft, aim, picked, onDraft, onPick, onHover, onClose }: TestPanelProps) {
  const known = tests.interventions?.find(({ id }) => id === shown);
  // One that the list does not have yet, or any more.
  const { answer, error, again } = useAnswer(known ? null : shown, (signal) => getIntervention(shown ?? "", signal));
  const test = shown === null ? null : (known ?? (answer?.id === shown ? answer : null));
  const isOwn = test?.graph_id === model.record.id;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The button that led here is gone.
    if (document.activeElement === document.body) title.current?.focus();
  }, [test?.id]);
  return (
    <section className="detail test-panel" aria-labelledby="test-title" data-testid="test-panel">
      <div className="detail-head">
        <h2 ref={title} id="test-title" tabIndex={-1}>
          {test && isOwn ? titleOf(model, test.changes) : shown === null ? "Test a change" : "A test"}
        </h2>
        <button type="button" className="icon-button" aria-label="Close the test" data-testid="close-test" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {shown === null && draft && (
        <TestForm model={model} draft={draft} aim={aim} run={tests.intervention} picked={picked} onDraft={onDraft} onHover={onHover} />
      )}
      {test && isOwn && (
        <TestResult model={model} test={test} aim={aim} onPick={onPick} onChange={() => onDraft(draft ?? draftFrom(model, test))}>
          <ViewToggle inView={inView} id={test.id} of={null} />
        </TestResult>
      )}
      {test && !isOwn && <p className="muted">This test is of another graph.</p>}
      {shown !== null && !test && (error ? <Trouble error={error} title="The test could not be read" onRetry={again} /> : <p className="muted">Reading the test…</p>)}
    </section>
  );
}
