/** A field with a list of what may be chosen under it. What is typed stays typed. */
import { useId, useRef, useState, type KeyboardEvent } from "react";
import { comboboxField, useActiveInSight } from "../../shared/hooks/combobox";
import "./Combo.css";

export interface Choice {
  value: string;
  text: string;
  /** Beside the text. */
  detail?: string;
  isToken?: boolean;
}

interface ComboProps {
  id: string;
  text: string;
  placeholder: string;
  choices: readonly Choice[];
  /** Under the list: that more are found by more words, or why there are none. */
  note: string;
  isBusy: boolean;
  isWrong: boolean;
  describedBy: string;
  isRequired: boolean;
  /** The field has the focus once it is there. */
  hasFocus?: boolean;
  onText: (text: string) => void;
  onPick: (choice: Choice) => void;
}

export function Combo({ id, text, placeholder, choices, note, isBusy, isWrong, describedBy, isRequired, hasFocus = false, onText, onPick }: ComboProps) {
  const list = useId();
  const box = useRef<HTMLUListElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const active = isOpen ? choices[at] : undefined;
  useActiveInSight(box, at);
  const pick = (choice: Choice) => {
    onPick(choice);
    setOpen(false);
    setAt(-1);
  };
  const press = (event: KeyboardEvent) => {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      setOpen(true);
      setAt(isOpen ? Math.max(-1, Math.min(choices.length - 1, at + (key === "ArrowDown" ? 1 : -1))) : 0);
    } else if (key === "Enter" && active) pick(active);
    else if (key === "Escape" && isOpen) setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const isShown = isOpen && (choices.length > 0 || note !== "" || isBusy);
  return (
    <div
      className="combo"
      onKeyDown={press}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setOpen(false);
      }}
    >
      <input
        id={id}
        className="text-field"
        {...comboboxField(list, isShown, active ? `${list}-${at}` : undefined)}
        aria-describedby={describedBy}
        aria-invalid={isWrong}
        aria-required={isRequired}
        autoFocus={hasFocus}
        placeholder={placeholder}
        value={text}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onChange={({ target }) => {
          onText(target.value);
          setOpen(true);
          setAt(-1);
        }}
      />
      <div className="combo-panel" hidden={!isShown}>
        <ul ref={box} id={list} role="listbox" aria-label="Choices" aria-busy={isBusy} hidden={choices.length === 0}>
          {choices.map((choice, place) => (
            <li
              key={choice.value}
              id={`${list}-${place}`}
              role="option"
              className="combo-choice"
              aria-selected={place === at}
              data-testid="choice"
              data-value={choice.value}
              // The field keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onPointerMove={() => setAt(place)}
              onClick={() => pick(choice)}
            >
              <span className={choice.isToken ? "token" : ""}>{choice.text}</span>
              {choice.detail && <span className="combo-detail"> {choice.detail}</span>}
            </li>
          ))}
        </ul>
        {(note !== "" || isBusy) && (
          <p className="combo-note" role="status">
            {isBusy && choices.length === 0 ? "Looking…" : note}
          </p>
        )}
      </div>
    </div>
  );
}
