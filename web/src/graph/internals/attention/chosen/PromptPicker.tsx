/** Other prompts of the model beside this one: a choice among the graphs whose internals are computed. */
import { useState } from "react";
import { getHeadRecord } from "../../../../api/client";
import type { InternalsAnswer } from "../../../../api/types";
import { quantity } from "../../../../shared/format";
import { More } from "../../../../shared/more/More";
import { follow, graphAddress } from "../../../../shared/router";
import { Trouble } from "../../../../shared/Trouble";
import { useAnswer } from "../../../../shared/useAnswer";
import { headName, type Head, type Inside } from "../../inside";
import type { Refused } from "./usePrompts";
import "./PromptPicker.css";

interface PromptPickerProps {
  internals: InternalsAnswer;
  open: Head;
  notation: Inside["notation"];
  others: readonly string[];
  refused: readonly Refused[];
  onOthers: (others: readonly string[]) => void;
}

const MOST = 8;

export function PromptPicker({ internals, open, notation, others, refused, onOthers }: PromptPickerProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="prompt-picker">
      <details data-testid="prompt-picker" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>{others.length === 0 ? "Other prompts beside this one" : `Beside ${others.length} other ${others.length === 1 ? "prompt" : "prompts"}`}</summary>
        {isOpen && <Listed internals={internals} open={open} notation={notation} others={others} onOthers={onOthers} />}
      </details>
      {refused.map(({ id, why }) => (
        <p key={id} className="prompt-picker-refused" role="status" data-testid="prompt-refused">
          {why ?? (
            <>
              The internals of{" "}
              <a href={graphAddress(id)} onClick={follow}>
                this graph
              </a>
              ’s prompt are not computed.
            </>
          )}{" "}
          <button type="button" className="chip" onClick={() => onOthers(others.filter((each) => each !== id))}>
            Leave it out
          </button>
        </p>
      ))}
    </div>
  );
}

function Listed({ internals, open, notation, others, onOthers }: Omit<PromptPickerProps, "refused">) {
  const { model, graph } = internals;
  const { answer, error, again } = useAnswer(`${model}/${open.layer}/${open.head}`, (signal) => getHeadRecord(model, open.layer, open.head, signal));
  if (error) return <Trouble error={error} title="The prompts could not be read" onRetry={again} />;
  if (!answer) return <p className="muted">Reading the prompts…</p>;
  const listed = answer.graphs.filter(({ id }) => id !== graph);
  if (listed.length === 0) return <p className="muted">The internals of no other prompt of this model are computed: open one and compute them.</p>;
  return (
    <>
      <p className="muted">By what is attributed to {headName(open, notation)} there, the most first.</p>
      <More
        items={listed}
        most={MOST}
        className="prompt-picker-list"
        testId="prompts"
        render={({ id, prompt, target, foil, statistics }) => (
          <li key={id}>
            <label className="prompt-picker-prompt">
              <input type="checkbox" checked={others.includes(id)} onChange={({ target: box }) => onOthers(box.checked ? [...others, id] : others.filter((each) => each !== id))} />
              <span>
                {prompt}{" "}
                <span className="muted">
                  {JSON.stringify(target)}
                  {foil !== null && ` rather than ${JSON.stringify(foil)}`}: {quantity(statistics.attribution)} logits
                </span>
              </span>
            </label>
          </li>
        )}
      />
    </>
  );
}
