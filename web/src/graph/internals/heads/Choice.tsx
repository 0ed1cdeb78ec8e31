/** The choice of a figure of heads. */
import type { InternalsAnswer } from "../../../api/types";
import type { InsideProps } from "../inside";
import { axisName, GROUPS, measureOf } from "./measures";
import "./Choice.css";

interface ChoiceProps {
  /** What it is chosen for: "Figure", "x". */
  text: string;
  internals: InternalsAnswer;
  value: string;
  onChange: (name: string) => void;
  testId: string;
}

export function Choice({ text, internals, value, onChange, testId }: ChoiceProps) {
  return (
    <label className="choice" title={measureOf(value)?.help}>
      <span>{text}</span>
      <select className="snug" value={value} data-testid={testId} onChange={({ target }) => onChange(target.value)}>
        {measureOf(value) === null && <option value={value}>{value}</option>}
        {GROUPS.map(({ label, measures }) => (
          <optgroup key={label} label={label}>
            {measures.map((measure) => (
              <option key={measure.name} value={measure.name} disabled={!(measure.name in internals.maps)}>
                {axisName(measure)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

interface WithoutFirstProps extends Pick<InsideProps, "internals" | "inside" | "onInside"> {
  /** The figures that are shown. */
  names: readonly string[];
}

/** Leaves the first token out of the figures of patterns; nothing where none of them is shown. */
export function WithoutFirst({ internals, names, inside, onInside }: WithoutFirstProps) {
  if (!names.some((name) => name in internals.maps_without_first)) return null;
  return (
    <label className="choice" title="The first token is no key and no query, and what is left of a row is scaled to add up to 1">
      <input type="checkbox" checked={inside.withoutFirst} data-testid="without-first" onChange={({ target }) => onInside({ withoutFirst: target.checked })} />
      without the first token
    </label>
  );
}
