/** The figures of what is under the pointer, or has the focus, beside it. */
import "./Tip.css";

export interface Told {
  readonly name: string;
  readonly facts: readonly (readonly [term: string, figure: string])[];
}

/** The same in a sentence. */
export const sentence = ({ name, facts }: Told): string => `${name}: ${facts.map(([term, value]) => `${term} ${value}`).join(", ")}`;

interface TipProps {
  told: Told;
  /** In pixels of the picture that it stands over, and that picture's width. */
  x: number;
  y: number;
  width: number;
}

export function Tip({ told, x, y, width }: TipProps) {
  return (
    <div className={`tip${x > width / 2 ? " to-left" : ""}${y < 90 ? " below" : ""}`} style={{ left: x, top: y }} aria-hidden="true" data-testid="head-tip">
      <div className="tip-name">{told.name}</div>
      <dl>
        {told.facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
