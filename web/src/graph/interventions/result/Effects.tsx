/** Changes of a logit as bars from 0, with the controls of one of them as ticks. */
import { logits } from "../words";
import { axisOf } from "./axis";
import "./Effects.css";

export interface EffectRow {
  name: string;
  title: string;
  value: number;
  /** The effects of other features that were changed in the same way. */
  controls?: readonly number[];
}

interface EffectsProps {
  rows: readonly EffectRow[];
  /** Other values that the axis holds. */
  span?: readonly number[];
}

export function Effects({ rows, span = [] }: EffectsProps) {
  const axis = axisOf([...span, ...rows.flatMap(({ value, controls = [] }) => [value, ...controls])]);
  return (
    <dl className="effects">
      {rows.map(({ name, title, value, controls = [] }, row) => {
        const ends = [axis.zero, axis.at(value)];
        const left = Math.min(...ends);
        return (
          <div key={row} title={title} data-testid="effect" data-effect={name}>
            <dt>{name}</dt>
            <dd>{logits(value)}</dd>
            <dd className="effects-axis" aria-hidden="true">
              <span
                className={value < 0 ? "effects-bar is-lowering" : "effects-bar"}
                style={{ left: `${left}%`, width: `${Math.max(...ends) - left}%` }}
              />
              {controls.map((control, at) => (
                <span key={at} className="effects-control" style={{ left: `${axis.at(control)}%` }} />
              ))}
              <span className="effects-zero" style={{ left: `${axis.zero}%` }} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
