/** The score that ranks the paths, above the column of its figures. */
import type { ScoreName } from "../../api/types";
import { ScoreHelp } from "./ScoreHelp";
import { scoreName, type Score } from "./scores";
import "./ScorePicker.css";

interface ScorePickerProps {
  scores: readonly Score[];
  value: ScoreName;
  onChange: (score: ScoreName) => void;
}

export function ScorePicker({ scores, value, onChange }: ScorePickerProps) {
  return (
    <div className="score-picker">
      <label>
        by{" "}
        <select
          className="snug"
          aria-label="Ranked by"
          value={value}
          title={scores.find(({ name }) => name === value)?.meaning}
          data-testid="score-picker"
          // Its options are the server's own names.
          onChange={(event) => onChange(event.target.value as ScoreName)}
        >
          {scores.map((score) => (
            <option key={score.name} value={score.name}>
              {scoreName(score)}
            </option>
          ))}
        </select>
      </label>
      <ScoreHelp scores={scores} />
    </div>
  );
}
