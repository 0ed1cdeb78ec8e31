/** Whether paths that begin at the token before the text are listed. */
import type { GraphModel } from "../model/model";
import { placeName } from "../names/places";
import { hasBos, type PageQuestion } from "./question";

interface BosToggleProps {
  model: GraphModel;
  value: boolean;
  onChange: (change: Partial<PageQuestion>) => void;
}

export function BosToggle({ model, value, onChange }: BosToggleProps) {
  if (!hasBos(model)) return null;
  return (
    <label className="question-form-bos" title="Leave out paths that begin at the token before the text">
      <input
        type="checkbox"
        checked={value}
        data-testid="hide-bos"
        onChange={(event) => onChange({ hideBos: event.target.checked })}
      />
      Hide paths from <span className="token">{placeName(model, 0)}</span>
    </label>
  );
}
