/** What is rarely asked of paths, behind a button: their signs, their lengths, what they are ranked over. */
import { useId, useState } from "react";
import { Popover } from "../../../shared/popover/Popover";
import type { GraphModel } from "../../model/model";
import { placeName } from "../../names/places";
import { hasBos, isBetween, MAX_LENGTH, MIN_LENGTH, type PageQuestion, type Sign } from "../question";
import { SIGNS } from "./restrictions";
import "./PathOptions.css";

interface PathOptionsProps {
  model: GraphModel;
  question: PageQuestion;
  onChange: (change: Partial<PageQuestion>) => void;
}

export function PathOptions({ model, question, onChange }: PathOptionsProps) {
  const { hideBos, sign, unpruned } = question;
  return (
    <Popover name="More: signs, lengths, hidden paths" text="more" testId="path-options">
      <div className="path-options">
        {hasBos(model) && (
          <label title="Leave out paths that begin at the token before the text">
            <input
              type="checkbox"
              checked={hideBos}
              data-testid="hide-bos"
              onChange={(event) => onChange({ hideBos: event.target.checked })}
            />
            <span>
              Hide paths from <span className="token">{placeName(model, 0)}</span>
            </span>
          </label>
        )}
        <label>
          Signs
          <select
            className="snug"
            value={sign ?? ""}
            data-testid="sign"
            // Its options are the signs themselves.
            onChange={(event) => onChange({ sign: (event.target.value || null) as Sign | null })}
          >
            <option value="">any</option>
            {Object.entries(SIGNS).map(([each, { text, title }]) => (
              <option key={each} value={each} title={title}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <Lengths question={question} onChange={onChange} />
        {model.record.trace_id !== null && (
          <label title="Rank all that the graph was pruned from, which takes seconds">
            <input
              type="checkbox"
              checked={unpruned}
              data-testid="unpruned"
              onChange={(event) => onChange({ unpruned: event.target.checked })}
            />
            The whole trace, before pruning
          </label>
        )}
      </div>
    </Popover>
  );
}

function Lengths({ question: { minLength, maxLength }, onChange }: Pick<PathOptionsProps, "question" | "onChange">) {
  /** What is typed and not asked for yet. */
  const [typed, setTyped] = useState<{ least: string; most: string } | null>(null);
  const { least, most } = typed ?? { least: String(minLength), most: maxLength === null ? "" : String(maxLength) };
  const [wrong, setWrong] = useState<string | null>(null);
  const said = useId();
  const ask = () => {
    const from = least.trim() === "" ? String(MIN_LENGTH) : least.trim();
    const to = most.trim() === "" ? null : most.trim();
    const areLengths = [from, to ?? from].every((each) => isBetween(each, 1, MAX_LENGTH));
    const why = !areLengths
      ? `Lengths are whole numbers from 1 to ${MAX_LENGTH}.`
      : to !== null && Number(to) < Number(from)
        ? `The most, ${to}, are fewer than the fewest, ${from}.`
        : null;
    setWrong(why);
    if (why !== null) return;
    setTyped(null);
    const asked = { minLength: Number(from), maxLength: to === null ? null : Number(to) };
    if (asked.minLength !== minLength || asked.maxLength !== maxLength) onChange(asked);
  };
  return (
    <form
      className="path-options-lengths"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <span>Links</span>
      <input
        aria-label="Fewest links"
        inputMode="numeric"
        value={least}
        placeholder={String(MIN_LENGTH)}
        aria-describedby={said}
        data-testid="min-length"
        onChange={(event) => setTyped({ least: event.target.value, most })}
      />
      to
      <input
        aria-label="Most links"
        inputMode="numeric"
        value={most}
        placeholder="any"
        aria-describedby={said}
        data-testid="max-length"
        onChange={(event) => setTyped({ least, most: event.target.value })}
      />
      <button type="submit" data-testid="set-length">
        Set
      </button>
      <p id={said} className="path-options-wrong" role="status">
        {wrong ?? ""}
      </p>
    </form>
  );
}
