/** Asks for the internals of the graph's prompt: what that does, what it takes, why it cannot be done here, one button. */
import { RunNews } from "../../../shared/jobs/RunNews";
import { useReadOnly } from "../../../shared/hooks/useReadOnly";
import type { GraphModel } from "../../model/model";
import type { Internals } from "../useInternals";
import { Options } from "./Options";
import { costText } from "./words";
import "./ComputePanel.css";

interface ComputePanelProps {
  model: GraphModel;
  internals: Internals;
}

export function ComputePanel({ model, internals: { answer, cost, form, onForm, run, compute } }: ComputePanelProps) {
  const isReadOnly = useReadOnly();
  const isAgain = answer !== null;
  const options = form ?? {};
  const whyNot = isReadOnly ? "This server only reads its data set." : (cost?.why_not ?? null);
  const lacks = options.parts?.length === 0;
  const canRun = cost !== null && whyNot === null && !run.isRunning && !lacks;
  return (
    <section className={isAgain ? "compute-panel is-again" : "compute-panel"} aria-labelledby="compute-title" data-testid="compute-panel">
      <h2 id="compute-title">{isAgain ? "Compute again" : "The prompt’s internals"}</h2>
      <p>
        {isAgain
          ? "What is computed takes the place of what is here."
          : "What the model’s heads and layers did with this prompt, which the graph leaves out: attention, the heads’ and the tokens’ part in the prediction, information flow, and which heads carried each link of the graph."}
      </p>
      {cost && <p className="muted">{costText(cost)} Nothing of the graph changes.</p>}
      {whyNot !== null && (
        <p className="compute-panel-why" data-testid="why-not-computed">
          <b>It cannot be computed here.</b> {whyNot}
        </p>
      )}
      {whyNot === null && cost && (
        <details className="compute-panel-options" open={isAgain}>
          <summary>Options</summary>
          <Options model={model} answer={answer} options={options} onChange={onForm} />
        </details>
      )}
      {whyNot === null && (
        <p className="compute-panel-run">
          <button type="button" className="primary" data-testid="compute" aria-disabled={!canRun} onClick={() => canRun && compute(options)}>
            Compute
          </button>
          {isAgain && (
            <button type="button" onClick={() => onForm(null)}>
              Leave it
            </button>
          )}
          {lacks && <span className="muted">Choose at least one part.</span>}
        </p>
      )}
      <RunNews run={run} failed="It could not be computed" />
    </section>
  );
}
