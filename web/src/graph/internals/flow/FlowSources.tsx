/** The sources as a list: what each makes up of the stream that the prediction is read from; buttons to trace and to hide it. */
import { useState } from "react";
import { percent, quantity } from "../../../shared/format";
import type { FlowMeasure } from "../../../api/types";
import { cssSwatch } from "./colours";
import "./FlowSources.css";

export interface Source {
  readonly name: string;
  readonly colour: number;
  /** Of the stream at the place of the prediction; NaN: not known. */
  readonly share: number;
  readonly isHidden: boolean;
}

interface FlowSourcesProps {
  /** The largest |share| first, by their places in `sources`. */
  order: readonly number[];
  sources: readonly Source[];
  measure: FlowMeasure;
  traced: number | null;
  /** The position's token, with its place. */
  predicted: string;
  onTrace: (source: number | null) => void;
  onHide: (source: number, hidden: boolean) => void;
}

/** More are shown when asked for. */
const FIRST = 14;

export function FlowSources({ order, sources, measure, traced, predicted, onTrace, onHide }: FlowSourcesProps) {
  const [isAll, setAll] = useState(false);
  const shown = order.filter((source, rank) => isAll || rank < FIRST || source === traced || sources[source]?.isHidden);
  return (
    <section className="flow-sources" aria-label="Sources">
      <h3>
        Sources <span className="figure">share at {predicted}, output</span>
      </h3>
      <ul className="flow-sources-list" data-testid="flow-sources">
        {shown.map((at) => {
          const source = sources[at];
          if (!source) return null;
          const { name, colour, share, isHidden } = source;
          return (
            <li key={at} className={isHidden ? "flow-sources-one is-hidden" : "flow-sources-one"} data-testid="flow-source" data-source={at}>
              <button
                type="button"
                className="flow-sources-trace"
                aria-pressed={traced === at}
                disabled={isHidden}
                title={`${traced === at ? "Trace no more" : "Trace through the layers"}: ${name}`}
                onClick={() => onTrace(traced === at ? null : at)}
              >
                <span className="flow-sources-swatch" style={{ background: cssSwatch(colour) }} />
                <span className="token ellipsis">{name}</span>
                <span className="figure">{isHidden ? "hidden" : measure === "norm" ? percent(share) : quantity(share)}</span>
              </button>
              <button type="button" className="chip" aria-label={`${isHidden ? "Show" : "Hide"} ${name}`} onClick={() => onHide(at, !isHidden)}>
                {isHidden ? "show" : "hide"}
              </button>
            </li>
          );
        })}
      </ul>
      {order.length > FIRST && (
        <button type="button" className="chip" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? "Fewer" : `All ${order.length} sources`}
        </button>
      )}
    </section>
  );
}
