/** One change of a test that is set up: what is changed, and how. */
import { useId, type ChangeEvent } from "react";
import type { DonorAnswer, Op } from "../../../api/types";
import { counted, quantity } from "../../../shared/format";
import { Icon } from "../../../shared/Icon";
import type { GraphModel } from "../../model/model";
import { FACTORS, type DraftChange } from "../draft";
import { OPS } from "../words";
import { Donors } from "./Donors";
import "./ChangeCard.css";

interface ChangeCardProps {
  model: GraphModel;
  change: DraftChange;
  /** Null while they are not known. */
  donors: readonly DonorAnswer[] | null;
  onChange: (change: Partial<DraftChange>) => void;
  onRemove: () => void;
}

export function ChangeCard({ model, change, donors, onChange, onRemove }: ChangeCardProps) {
  const { subject, op, factor, value, lent } = change;
  const title = useId();
  const name = subject?.name ?? "All features in which the two graphs differ";
  return (
    <li className="change-card" data-testid="change" aria-labelledby={title}>
      <div className="change-card-head">
        <h3 id={title}>
          {name}
          {subject && subject.nodes.length > 1 && <span className="figure">{counted(subject.nodes.length, "feature")}</span>}
        </h3>
        <button type="button" className="icon-button" aria-label={`Leave ${name} as it is`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      </div>
      {subject && (
        <select aria-label={`What is done to ${name}`} data-testid="change-op" value={op} onChange={(event) => onChange({ op: event.target.value as Op })}>
          {OPS.map(({ op, text }) => (
            <option key={op} value={op}>
              {text}
            </option>
          ))}
        </select>
      )}
      {op === "scale" && <Factor label="Times the activation" testId="change-factor" value={factor} onChange={(factor) => onChange({ factor })} />}
      {op === "set" && subject && (
        <label className="change-card-value">
          Activation{" "}
          <input
            type="number"
            step="any"
            data-testid="change-value"
            value={value ?? ""}
            onChange={({ target }: ChangeEvent<HTMLInputElement>) => onChange({ value: target.value === "" ? null : target.valueAsNumber })}
          />
          <span className="muted">now {range(subject.nodes.map((node) => model.nodes.activation[node] ?? 0))}</span>
        </label>
      )}
      {op === "transplant" && (
        <>
          <Donors model={model} donors={donors} chosen={change.donor} isWhole={subject === null} onChoose={(donor) => onChange({ donor })} />
          <Factor label="Times the activation there" testId="change-lent" value={lent} onChange={(lent) => onChange({ lent })} isLent />
        </>
      )}
    </li>
  );
}

/** "2.55", "0.91 to 2.79". */
function range(values: readonly number[]): string {
  const ends = [Math.min(...values), Math.max(...values)].map(quantity);
  return ends[0] === ends[1] ? (ends[0] ?? "") : ends.join(" to ");
}

interface FactorProps {
  label: string;
  testId: string;
  value: number;
  onChange: (value: number) => void;
  /** Whether it is what another graph lends, which nothing here is a test of. */
  isLent?: boolean;
}

function Factor({ label, testId, value, onChange, isLent = false }: FactorProps) {
  const marks = useId();
  return (
    <label className="change-card-factor">
      <span>
        {label} <output>×{"\u202f"}{quantity(value)}</output>
      </span>
      <input
        type="range"
        min={FACTORS.least}
        max={FACTORS.most}
        step={0.1}
        list={marks}
        value={value}
        data-testid={testId}
        onChange={({ target }) => onChange(target.valueAsNumber)}
      />
      <datalist id={marks}>
        <option value={0} />
        <option value={1} />
      </datalist>
      {!isLent && (value < 0 || value > 1) && <span className="muted">Below 0 and above 1 a change steers more than it tests.</span>}
    </label>
  );
}
