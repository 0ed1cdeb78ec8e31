/** How often a feature is active, and how strongly: figures and a histogram. */
import type { FeatureFacts, Histogram } from "../api/types";
import { percent, quantity } from "../shared/format";
import { barsOf } from "./bars";
import "./Activations.css";

/** The drawing's units, which its width stretches. */
const BOX = { width: 200, height: 40 };

export function Activations({ facts }: { facts: Pick<FeatureFacts, "density" | "max_activation" | "activation_histogram"> }) {
  const { density, max_activation: most, activation_histogram: histogram } = facts;
  if (density === null && most === null && histogram === null) return null;
  return (
    <>
      <h3>Activation</h3>
      <dl className="detail-figures">
        {density !== null && (
          <div title="The share of tokens at which the feature is active">
            <dt>density</dt>
            <dd>{percent(density, density < 0.01 ? 3 : 1)}</dd>
          </div>
        )}
        {most !== null && (
          <div>
            <dt>at most</dt>
            <dd>{quantity(most)}</dd>
          </div>
        )}
      </dl>
      {histogram && histogram.values.length > 0 && <Bars histogram={histogram} />}
    </>
  );
}

function Bars({ histogram }: { histogram: Histogram }) {
  const first = quantity(histogram.values[0]);
  const last = quantity(histogram.values.at(-1));
  return (
    <div className="activations-histogram" data-testid="activation-histogram">
      <svg
        viewBox={`0 0 ${BOX.width} ${BOX.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`How often the feature is active how strongly, from ${first} to ${last}`}
      >
        {barsOf(histogram).map(({ x, width, height }) => (
          <rect
            key={x}
            x={x * BOX.width}
            y={(1 - height) * BOX.height}
            width={width * BOX.width * 0.86}
            height={height * BOX.height}
          />
        ))}
      </svg>
      <span>{first}</span>
      <span>{last}</span>
    </div>
  );
}
