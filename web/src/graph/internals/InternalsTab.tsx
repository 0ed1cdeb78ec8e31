/**
 * graph/internals/: what the model's heads and layers did with the prompt, in tabs beside the graph.
 *
 *     InternalsTab -> computing/ (what it takes, what was computed) | tabs.tsx -> attention/ | heads/ | tokens/ | flow/
 *     details/ (a head, a cell, the heads of a link);  all -> inside.ts, numbers.ts, pointed.ts;  useInternals.ts, insideAddress.ts
 */
import { Suspense, useMemo, type ReactNode } from "react";
import { Trouble } from "../../shared/Trouble";
import type { GraphModel } from "../model/model";
import { Computed } from "./computing/Computed";
import { ComputePanel } from "./computing/ComputePanel";
import { whyMissing } from "./computing/words";
import { counted } from "./insideAddress";
import type { InsideProps, InsideTab } from "./inside";
import { TABS_OF } from "./tabs";
import type { Internals } from "./useInternals";
import "./InternalsTab.css";

interface InternalsTabProps extends Omit<InsideProps, "internals" | "onCompute"> {
  tab: InsideTab;
  internals: Internals;
  model: GraphModel;
}

export function InternalsTab({ tab, internals, model, inside, ...rest }: InternalsTabProps) {
  const { answer, isAbsent, error, form, again, onForm } = internals;
  const shown = useMemo(() => (answer ? counted(inside, answer.n_layers, answer.n_heads) : inside), [answer, inside]);
  if (isAbsent) return <Scrolled><ComputePanel model={model} internals={internals} /></Scrolled>;
  if (!answer) {
    return <Scrolled>{error ? <Trouble error={error} title="The internals could not be read" onRetry={again} /> : <p className="muted internals-tab-opening">Reading…</p>}</Scrolled>;
  }
  const { Content, shows } = TABS_OF[tab];
  const why = whyMissing(answer, shows);
  const onCompute: InsideProps["onCompute"] = (change) => onForm({ ...answer.parameters, ...change });
  return (
    <div className="internals-tab" data-testid="inside-tab" data-tab={tab}>
      <Computed model={model} internals={internals} answer={answer} />
      {form && <div className="internals-tab-form"><ComputePanel model={model} internals={internals} /></div>}
      {why === null ? (
        <Suspense fallback={<p className="muted internals-tab-opening">Opening…</p>}>
          {/* Another computation is another thing: what a tab has read of the one before goes. */}
          <div className="internals-tab-content" key={answer.id}>
            <Content {...rest} model={model} internals={answer} inside={shown} onCompute={onCompute} />
          </div>
        </Suspense>
      ) : (
        <div className="internals-tab-missing" data-testid="missing-tab">
          <p>This is not shown: {why}</p>
          {!form && (
            <button type="button" onClick={() => onCompute({ parts: [...new Set([...answer.parameters.parts, shows[0]])] })}>
              Compute it…
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Scrolled({ children }: { children: ReactNode }) {
  return <div className="internals-tab">{children}</div>;
}
