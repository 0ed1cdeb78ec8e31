/** Whether the list shows single paths or groups of them, and by what they are grouped. */
import type { GraphModel } from "../model/model";
import { groupings, isGrouped, type Grouping, type PageQuestion } from "./question";
import { scoreName, scoreNamed, titled, type Score } from "./scores";
import "./GroupPicker.css";

interface GroupPickerProps {
  model: GraphModel;
  question: PageQuestion;
  scores: readonly Score[];
  onChange: (change: Partial<PageQuestion>) => void;
}

export function GroupPicker({ model, question, scores, onChange }: GroupPickerProps) {
  const score = scoreNamed(scores, question.score);
  const possible = score.grouped;
  const offered = groupings(model);
  const grouped = isGrouped(question, scores);
  return (
    <div className="group-picker">
      <div className="segmented" role="group" aria-label="Paths">
        <button
          type="button"
          aria-pressed={grouped}
          disabled={!possible}
          title={
            possible
              ? `Sum over all paths through the same ${question.groupBy === "auto" ? "automatic groups" : `${question.groupBy}s`}`
              : `${titled(scoreName(score))} of single paths cannot be added up, so not in groups`
          }
          data-testid="mode-grouped"
          onClick={() => onChange({ grouped: true })}
        >
          Groups
        </button>
        <button
          type="button"
          aria-pressed={!grouped}
          title="One path through single nodes"
          data-testid="mode-single"
          onClick={() => onChange({ grouped: false })}
        >
          Single
        </button>
      </div>
      {grouped && (
        <select
          className="snug"
          aria-label="Grouped by"
          value={question.groupBy}
          data-testid="group-by"
          // Its options are the groupings themselves.
          onChange={(event) => onChange({ groupBy: event.target.value as Grouping })}
        >
          {/* Other labels, or none, leave the grouping as it was asked for. */}
          {(offered.includes(question.groupBy) ? offered : [question.groupBy, ...offered]).map((each) => (
            <option key={each} value={each}>
              {each === "auto" ? "auto" : `by ${each}`}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
