/** What the paths are ranked by, over the column of its figures. */
import type { ScoreAnswer, ScoreName } from "../../api/types";
import { ScoreHelp } from "./ScoreHelp";
import { scoreName } from "./scores";

interface ScorePickerProps {
  scores: readonly ScoreAnswer[];
  value: ScoreName;
  onChange: (score: ScoreName) => void;
}

export function ScorePicker({ scores, value, onChange }: ScorePickerProps) {
  return (
    <div className="ranked-by">
      <label>
        Ranked by{" "}
        <select
          value={value}
          title={scores.find(({ name }) => name === value)?.meaning}
          data-testid="score-picker"
          // Its options are the server's own names.
          onChange={(event) => onChange(event.target.value as ScoreName)}
        >
          {scores.map(({ name }) => (
            <option key={name} value={name}>
              {scoreName(name)}
            </option>
          ))}
        </select>
      </label>
      <ScoreHelp scores={scores} />
    </div>
  );
}
