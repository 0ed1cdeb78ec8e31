/** Why a figure of heads is not known here, and the way to compute it. */
import type { InsideProps } from "../inside";
import { measureOf, whyNone } from "./measures";
import "./Lacking.css";

interface LackingProps extends Pick<InsideProps, "internals" | "onCompute"> {
  /** Of the figure. */
  name: string;
}

export function Lacking({ internals, name, onCompute }: LackingProps) {
  const part = measureOf(name)?.part;
  const { parts } = internals.parameters;
  // What was tried on this prompt and did not come out would not come out again.
  const canTry = part !== undefined && internals.missing[part] === undefined;
  return (
    <div className="lacking" data-testid="heads-lacking">
      <p className="muted">{whyNone(internals, name)}</p>
      {canTry && (
        <button type="button" onClick={() => onCompute({ parts: [...new Set([...parts, part])], ...(name === "ablation" ? { verify: true } : {}) })}>
          Compute it…
        </button>
      )}
    </div>
  );
}
