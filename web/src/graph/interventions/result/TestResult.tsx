/** A stored test: what was changed, the four answers in the order of trust, what it is worth, what else moved. */
import type { ReactNode } from "react";
import { getDonors } from "../../../api/client";
import type { Intervention } from "../../../api/types";
import { ago, counted, moment, percent, quantity } from "../../../shared/format";
import { follow, graphAddress } from "../../../shared/router";
import { useAnswer } from "../../../shared/useAnswer";
import { useNow } from "../../../shared/hooks/useNow";
import type { GraphModel } from "../../model/model";
import { entriesOf } from "../../names/entries";
import { NodeButton } from "../../node/NodeButton";
import { together } from "../draft";
import { done, logits, VERDICTS } from "../words";
import { titled } from "../../question/scores";
import { effectOn, type Aim } from "./effectOn";
import { Effects } from "./Effects";
import { Tops } from "./Tops";
import "./TestResult.css";

interface TestResultProps {
  model: GraphModel;
  test: Intervention;
  aim: Aim;
  onPick: (node: number) => void;
  /** Sets the same test up again. */
  onChange: () => void;
  /** What else can be done with it. */
  children?: ReactNode;
}

export const ANSWERS = {
  predicted: "From the stored graph alone: weights over activations, from the changed features up",
  asGraph: "In the model, with attention patterns and the scales of all norms held at their unmodified values: what others call frozen attention",
  inModel: "In the model, nothing held. The final norm’s scale is taken as it was, or every change would be told through its blowing up of the rest",
};

export function TestResult({ model, test, aim, onPick, onChange, children }: TestResultProps) {
  const { predicted, measured } = test;
  const now = useNow();
  const on = effectOn(predicted.targets, aim);
  const target = predicted.targets[on.at];
  const name = model.writeToken(target?.token ?? "");
  const [before, after] = [measured.probability_before[on.at], measured.probability_after[on.at]];
  // Of a sure prediction, a change is told in the digits that change.
  const digits = Math.abs((before ?? 0) - (after ?? 0)) < 0.001 ? 3 : 1;
  return (
    <div data-testid="test-result" data-test-id={test.id}>
      <p className="detail-where">
        Tested <span title={moment(test.created_at)}>{ago(test.created_at, now)}</span>
      </p>
      {test.changes.some(({ donor }) => donor) && <Lenders model={model} test={test} />}
      <h3>
        <span>
          On <span className="token">{name}</span>
          {on.other && (
            <>
              {" "}
              rather than <span className="token">{model.writeToken(on.other.token)}</span>
            </>
          )}
        </span>
        <span className="figure">logits</span>
      </h3>
      <Effects
        rows={[
          { name: "predicted", title: ANSWERS.predicted, value: on.of(predicted.effects) },
          { name: "as the graph assumes", title: ANSWERS.asGraph, value: on.of(measured.as_graph) },
          {
            name: "in the model",
            title: ANSWERS.inModel,
            value: on.of(measured.in_model),
            // They are effects on the graph's own target.
            controls: on.at === 0 && !on.other ? (measured.controls?.in_model ?? []) : [],
          },
        ]}
      />
      {predicted.n_unpredicted > 0 && <Unpredicted n={predicted.n_unpredicted} />}
      <Worth test={test} target={model.writeToken(predicted.targets[0]?.token ?? "")} />
      <h3>What happens</h3>
      <p className="test-result-chance" data-testid="chance">
        <span className="token">{name}</span> {percent(before, digits)} → <b>{percent(after, digits)}</b>
      </p>
      <Tops
        model={model}
        before={measured.top_before}
        after={measured.top_after}
        known={predicted.targets.map(({ token }, at) => ({
          token,
          before: measured.probability_before[at] ?? null,
          after: measured.probability_after[at] ?? null,
        }))}
      />
      <GoesOn before={measured.continuation_before} after={measured.continuation_after} />
      {predicted.targets.length > 1 && (
        <Fold title="On the other logits">
          <dl className="detail-figures">
            {predicted.targets.map(({ key, token }, at) =>
              at === on.at ? null : (
                <div key={key}>
                  <dt className="token">{model.writeToken(token)}</dt>
                  <dd title="predicted, and in the model">
                    {logits(predicted.effects[at] ?? 0)} · {logits(measured.in_model[at] ?? 0)}
                  </dd>
                </div>
              ),
            )}
          </dl>
        </Fold>
      )}
      <Falls model={model} test={test} onPick={onPick} />
      <Changed model={model} test={test} onPick={onPick} />
      <p className="test-result-again">
        <button type="button" data-testid="change-test" onClick={onChange}>
          Change it
        </button>
        {children}
      </p>
    </div>
  );
}

/** The graphs that it takes from. */
function Lenders({ model, test }: Pick<TestResultProps, "model" | "test">) {
  const { answer } = useAnswer(model.record.id, (signal) => getDonors(model.record.id, signal));
  const ids = [...new Set(test.changes.flatMap(({ donor }) => donor ?? []))];
  return ids.map((id) => {
    const donor = answer?.donors.find((one) => one.id === id);
    return (
      <p key={id} className="detail-where" data-testid="lender">
        Taken from{" "}
        <a href={graphAddress(id)} onClick={follow}>
          {donor ? donor.prompt.replace(/^<[^>]*>/, "") : "another graph"}
        </a>{" "}
        {donor && <b className="token">{donor.prediction.token.trim()}</b>}
      </p>
    );
  });
}

/** What the model says after the prompt. */
function GoesOn({ before = [], after = [] }: { before?: readonly string[] | undefined; after?: readonly string[] | undefined }) {
  if (before.length + after.length === 0) return null;
  const written = (tokens: readonly string[]) => tokens.join("").trimStart().replaceAll("\n", "↵") || "nothing";
  return (
    <dl className="test-result-goes-on" data-testid="continuation" title="The five most probable tokens, one after the other; the change stays where it is">
      <dt>text, before</dt>
      <dd className="token">{written(before)}</dd>
      <dt>after</dt>
      <dd className="token">{written(after)}</dd>
    </dl>
  );
}

/** What the controls say, and the verdict. */
function Worth({ test, target }: { test: Intervention; target: string }) {
  const { controls, verdict } = test.measured;
  if (!controls || !verdict) {
    return <p className="test-result-verdict muted">No verdict: there are no controls for what is taken from another graph.</p>;
  }
  return (
    <p className="test-result-verdict" data-testid="verdict" title={VERDICTS[verdict]}>
      <b className={verdict === "holds" ? "test-result-holds" : ""}>{titled(verdict)}</b> on{" "}
      <span className="token">{target}</span>. {VERDICTS[verdict]} <span className="muted">The ticks are {counted(controls.in_model.length, "control")}: as many other active features at the same positions. p&nbsp;=&nbsp;{controls.p.toFixed(2)}.</span>
    </p>
  );
}

/** The features further on that changed most. */
function Falls({ model, test, onPick }: Pick<TestResultProps, "model" | "test" | "onPick">) {
  const falls = test.measured.falls.flatMap((fall) => {
    const node = model.ordinalOf.get(fall.key);
    return node === undefined ? [] : [{ ...fall, node }];
  });
  if (falls.length === 0) return null;
  const entries = entriesOf(
    model,
    falls.map(({ node }) => node),
  );
  return (
    <Fold title="Features further on that changed most">
      <ul>
        {falls.map(({ node, key, before, predicted, after }, at) => (
          <li key={key}>
            {entries[at] && (
              <NodeButton
                id={key}
                entry={entries[at]}
                onPick={() => onPick(node)}
                title={`Activation ${quantity(before)}; predicted ${quantity(predicted)}, as the graph assumes ${quantity(after)}`}
              >
                <span className="node-button-figure">
                  {quantity(before)} → {quantity(after)}
                </span>
              </NodeButton>
            )}
          </li>
        ))}
      </ul>
    </Fold>
  );
}

/** What was changed, feature by feature. */
function Changed({ model, test, onPick }: Pick<TestResultProps, "model" | "test" | "onPick">) {
  return (
    <Fold title={`${counted(test.changes.length, "feature")} changed`}>
      {together(test.changes).map((part, at) => {
        const nodes = part.features.flatMap(({ key }) => model.ordinalOf.get(key ?? "") ?? []);
        const entries = entriesOf(model, nodes);
        const lent = part.features.length - nodes.length;
        return (
          <div key={at}>
            <p className="muted">{part.donor ? "switched off: the other graph has not" : done(part)}</p>
            <ul>
              {nodes.map((node, place) => (
                <li key={node}>{entries[place] && <NodeButton id={model.nodes.id[node] ?? ""} entry={entries[place]} onPick={() => onPick(node)} />}</li>
              ))}
            </ul>
            {lent > 0 && <p className="muted">and {counted(lent, "feature")} set that this graph has no node of</p>}
          </div>
        );
      })}
      <dl className="detail-figures">
        <div>
          <dt>model revision</dt>
          <dd>{test.model_revision}</dd>
        </div>
        <div>
          <dt>seed of the controls</dt>
          <dd>{test.seed}</dd>
        </div>
      </dl>
    </Fold>
  );
}

export const Unpredicted = ({ n }: { n: number }) => (
  <p className="muted" data-testid="unpredicted">
    {counted(n, "changed feature has", "changed features have")} no node in this graph, so the prediction is without {n === 1 ? "it" : "them"}.
  </p>
);

export const Fold = ({ title, children }: { title: string; children: ReactNode }) => (
  <details className="test-result-more">
    <summary>{title}</summary>
    {children}
  </details>
);
