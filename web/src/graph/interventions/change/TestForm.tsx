/** A test that is set up: its changes, what the graph predicts of them at once, and the way into the model. */
import { useEffect, useState } from "react";
import { getDonors, getJobs, intervene } from "../../../api/client";
import { about } from "../../../shared/format";
import { Trouble } from "../../../shared/Trouble";
import { useAnswer } from "../../../shared/useAnswer";
import type { Lit } from "../../model/lit";
import { tokenOf, type GraphModel } from "../../model/model";
import { missing, nodesOf, questionOf, without, withChange, withSubject, type Draft } from "../draft";
import { secondsOf } from "../estimate";
import { RunNews } from "../../../shared/jobs/RunNews";
import { effectOn, type Aim } from "../result/effectOn";
import { Effects } from "../result/Effects";
import { ANSWERS, Fold, Unpredicted } from "../result/TestResult";
import type { Run } from "../../../shared/jobs/useRun";
import { AddNodes } from "./AddNodes";
import { ChangeCard } from "./ChangeCard";
import { usePrediction } from "./usePrediction";
import "./TestForm.css";

interface TestFormProps {
  model: GraphModel;
  draft: Draft;
  aim: Aim;
  run: Run;
  picked: number | null;
  onDraft: (draft: Draft) => void;
  onHover: (over: Lit | null) => void;
}

export function TestForm({ model, draft, aim, run, picked, onDraft, onHover }: TestFormProps) {
  const { record } = model;
  const question = questionOf(draft, model);
  const lacks = missing(draft);
  const { answer, isCurrent, error } = usePrediction(record.id, question);
  const borrows = draft.changes.some(({ op }) => op === "transplant");
  const donors = useAnswer(borrows ? record.id : null, (signal) => getDonors(record.id, signal));
  const jobs = useAnswer(record.id, (signal) => getJobs({}, signal));
  const seconds = jobs.answer && about(secondsOf(jobs.answer.jobs, "intervene", record));
  return (
    <div data-testid="test-form">
      <ul>
        {draft.changes.map((change, at) => (
          <ChangeCard
            key={change.subject?.nodes.join(" ") ?? "whole"}
            model={model}
            change={change}
            donors={donors.answer?.donors ?? null}
            onChange={(changed) => onDraft(withChange(draft, at, changed))}
            onRemove={() => onDraft(without(draft, at))}
          />
        ))}
      </ul>
      <AddNodes
        model={model}
        picked={picked}
        has={nodesOf(draft)}
        onAdd={(subject) => onDraft(withSubject(draft, subject))}
        onHover={onHover}
      />
      {donors.error && <Trouble error={donors.error} title="Other graphs could not be read" onRetry={donors.again} />}
      {error && <Trouble error={error} title="Nothing can be predicted" />}
      {lacks && <p className="test-form-lacks muted">{lacks}</p>}
      {answer && !lacks && (
        <div className={isCurrent ? "test-form-predicted" : "test-form-predicted is-earlier"} data-testid="test-prediction" data-current={isCurrent}>
          <Predicted model={model} answer={answer} aim={aim} />
          {answer.why_not_tested !== null ? (
            <p className="test-form-why muted" data-testid="why-not">
              <b>Predicted here, not run in the model.</b> {answer.why_not_tested}
            </p>
          ) : (
            <p className="test-form-run">
              <button
                type="button"
                className="primary"
                data-testid="run-test"
                aria-disabled={run.isRunning || !isCurrent}
                onClick={() => isCurrent && question && run.start(() => intervene(record.id, question))}
              >
                Run in the model
              </button>
              {seconds && !run.isRunning && <span className="muted">{seconds}</span>}
            </p>
          )}
        </div>
      )}
      <RunNews run={run} failed="It could not be tested" />
    </div>
  );
}

type Answer = NonNullable<ReturnType<typeof usePrediction>["answer"]>;

function Predicted({ model, answer: { predicted }, aim }: { model: GraphModel; answer: Answer; aim: Aim }) {
  const on = effectOn(predicted.targets, aim);
  const value = on.of(predicted.effects);
  // The axis holds what was predicted before, so that the bar moves with the slider.
  const [span, setSpan] = useState([value, -value]);
  useEffect(() => setSpan((before) => (Math.abs(value) > Math.max(...before) ? [value, -value] : before)), [value]);
  const name = (key: string | undefined) => {
    const node = model.ordinalOf.get(key ?? "");
    return node === undefined ? "" : tokenOf(model, node);
  };
  return (
    <>
      <h3>
        <span>
          On <span className="token">{name(predicted.targets[on.at]?.key)}</span>
          {on.other && (
            <>
              {" "}
              rather than <span className="token">{name(on.other.key)}</span>
            </>
          )}
        </span>
        <span className="figure">logits</span>
      </h3>
      <div aria-live="polite">
        <Effects rows={[{ name: "predicted", title: ANSWERS.predicted, value }]} span={span} />
      </div>
      {predicted.targets.length > 1 && (
        <Fold title="On the other logits">
          <Effects
            rows={predicted.targets.flatMap(({ key }, at) =>
              at === on.at ? [] : [{ name: name(key), title: ANSWERS.predicted, value: predicted.effects[at] ?? 0 }],
            )}
            span={span}
          />
        </Fold>
      )}
      {predicted.n_unpredicted > 0 && <Unpredicted n={predicted.n_unpredicted} />}
    </>
  );
}
