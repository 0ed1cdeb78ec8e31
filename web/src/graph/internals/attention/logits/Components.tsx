/** The components of the model by what they give to a position's logit. */
import { useMemo } from "react";
import { getComponents } from "../../../../api/client";
import type { InternalsAnswer } from "../../../../api/types";
import { quantity } from "../../../../shared/format";
import { More } from "../../../../shared/more/More";
import { Trouble } from "../../../../shared/Trouble";
import { useAnswer } from "../../../../shared/useAnswer";
import { tokenName, type Head, type Inside } from "../../inside";
import type { Pointed } from "../../pointed";
import { usePointed } from "../../usePointed";
import { logitAt } from "./components";
import { ValueBar } from "../ValueBar";
import "./Components.css";

interface ComponentsProps {
  internals: InternalsAnswer;
  notation: Inside["notation"];
  selected: Head | null;
  /** Whose logit it is where none is pointed at. */
  position: number;
  pointed: Pointed;
  onHead: (head: Head) => void;
}

const MOST = 12;

export function Components({ internals, notation, selected, position, pointed, onHead }: ComponentsProps) {
  const at = usePointed(pointed);
  const { answer, error, again } = useAnswer(internals.id, (signal) => getComponents(internals.graph, signal));
  const of = at?.query ?? at?.key ?? position;
  const shown = useMemo(() => answer && logitAt(answer, of, notation), [answer, of, notation]);
  if (error) return <Trouble error={error} title="The components could not be read" onRetry={again} />;
  if (!shown) return <p className="muted">Reading the components…</p>;
  const { components, sum, logit, towards } = shown;
  const scale = { signed: true, most: Math.abs(components[0]?.value ?? 0) };
  return (
    <section className="components" aria-label="Logit by component" data-testid="components" data-position={of}>
      <h3>
        What the logit of <span className="token">{JSON.stringify(towards)}</span> at {tokenName(internals.tokens, of)} is the sum of
      </h3>
      <More
        items={components}
        most={MOST}
        className="components-list"
        testId="component-list"
        render={({ name, head, value }) => (
          <li key={name} className="components-row">
            {head ? (
              <button type="button" className="components-name" aria-pressed={selected?.layer === head.layer && selected.head === head.head} onClick={() => onHead(head)}>
                {name}
              </button>
            ) : (
              <span className="components-name">{name}</span>
            )}
            <span className="components-figure">{quantity(value)}</span>
            <ValueBar value={value} scale={scale} />
          </li>
        )}
      />
      <p data-testid="components-sum">
        All {components.length} together: <b>{quantity(sum)}</b> logits; the model’s own: <b>{quantity(logit)}</b>.{" "}
        <span className="muted">Largest error of any position: {quantity(answer?.error)} of the components’ sizes.</span>
      </p>
    </section>
  );
}
