/** A path's steps in a row: tokens in monospace, labels as pills, unlabelled features by layer and index. */
import { Fragment } from "react";
import type { TokenWriter } from "../../../shared/format";
import { isToken, stepText, stepTitle, type Step } from "../steps";
import "./Sequence.css";

interface SequenceProps {
  steps: readonly Step[];
  writeToken: TokenWriter;
}

export function Sequence({ steps, writeToken }: SequenceProps) {
  return (
    <span className="sequence">
      {steps.map((step, at) => {
        const text = stepText(step, writeToken);
        return (
          <Fragment key={at}>
            {at > 0 && (
              <span className="sequence-arrow" aria-label="to">
                →
              </span>
            )}
            {isToken(step) ? (
              <span className="token" title={stepTitle(step)}>
                {text}
              </span>
            ) : step.label ? (
              <span className="sequence-label" title={stepTitle(step)}>
                {text}
                {step.note && <span className={step.note.isToken ? "sequence-note token" : "sequence-note"}>{step.note.text}</span>}
              </span>
            ) : (
              <span className="sequence-unlabelled" title={stepTitle(step)}>
                {text}
              </span>
            )}
          </Fragment>
        );
      })}
    </span>
  );
}
