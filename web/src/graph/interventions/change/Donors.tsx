/** The graphs that can lend this one what it has not, of which one is chosen. */
import { useId } from "react";
import type { DonorAnswer } from "../../../api/types";
import { counted, percent } from "../../../shared/format";
import { tokenAt, type GraphModel } from "../../model/model";
import "./Donors.css";

interface DonorsProps {
  model: GraphModel;
  /** Null while they are not known. */
  donors: readonly DonorAnswer[] | null;
  chosen: string | null;
  /** Whether all in which the two differ is taken. */
  isWhole: boolean;
  onChoose: (id: string) => void;
}

export function Donors({ model, donors, chosen, isWhole, onChoose }: DonorsProps) {
  const group = useId();
  if (donors === null) return <p className="muted">Looking for graphs…</p>;
  if (donors.length === 0) {
    return (
      <p className="muted" data-testid="no-donors">
        There is no graph to take from. It must be of the same model and transcoders, and its prompt must differ in at most three tokens and predict another token.
      </p>
    );
  }
  return (
    <fieldset className="donors" data-testid="donors">
      <legend className="unseen">The graph to take from</legend>
      {donors.map(({ id, prompt, prediction, positions, n_different: different }) => (
        <label key={id} className="donors-one">
          <input type="radio" name={group} value={id} checked={id === chosen} onChange={() => onChoose(id)} />
          <span>
            {prompt.replace(/^<[^>]*>/, "")} <span className="donors-arrow">→</span> <b className="token">{prediction.token.trim() || prediction.token}</b>{" "}
            {prediction.probability !== null && <span className="muted">{percent(prediction.probability, 0)}</span>}
            <span className="donors-note muted">
              {positions.length > 0 && <>its prompt differs at {positions.map((position) => tokenAt(model, position)).join(", ")}</>}
              {isWhole && `; ${counted(different, "feature differs", "features differ")}`}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
