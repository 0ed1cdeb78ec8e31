/** A path's steps in a row: tokens in monospace, labels as pills, unlabelled features by layer and index. */
import { Fragment } from "react";
import type { Step } from "../steps";
import "./Sequence.css";

const CLASSES = { token: "token", label: "sequence-label", plain: "sequence-unlabelled" };

export function Sequence({ steps }: { steps: readonly Step[] }) {
  return (
    <span className="sequence">
      {steps.map((step, at) => (
        <Fragment key={at}>
          {at > 0 && <span className="sequence-arrow">→</span>}
          <span className={step.isInferred ? `${CLASSES[step.form]} inferred` : CLASSES[step.form]} title={step.title}>
            {step.text}
            {[...(step.note ? [step.note] : []), ...step.marks].map((note, place) => (
              <Fragment key={place}>
                {" "}
                <span className={note.isToken ? "sequence-note token" : "sequence-note"}>{note.text}</span>
              </Fragment>
            ))}
          </span>
        </Fragment>
      ))}
    </span>
  );
}
