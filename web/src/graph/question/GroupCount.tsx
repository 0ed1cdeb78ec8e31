/** The slider from fewer automatic groups to more. */
import { useEffect, useEffectEvent, useState } from "react";
import { counted } from "../../shared/format";
import { GROUP_COUNTS } from "./question";
import "./GroupCount.css";

/** Milliseconds for which the slider rests before the server is asked for so many groups. */
const REST = 200;

interface GroupCountProps {
  /** How many are asked for; null: as many as the graph says. */
  value: number | null;
  /** How many there are in the last answer. */
  answered: number;
  onChange: (groups: number | null) => void;
}

export function GroupCount({ value, answered, onChange }: GroupCountProps) {
  const [moved, setMoved] = useState<number | null>(null);
  const ask = useEffectEvent((groups: number) => {
    setMoved(null);
    onChange(groups);
  });
  useEffect(() => {
    if (moved === null) return;
    const timer = window.setTimeout(() => ask(moved), REST);
    return () => window.clearTimeout(timer);
  }, [moved]);
  const shown = moved ?? value ?? answered;
  return (
    <div className="group-count">
      <span aria-hidden="true">fewer</span>
      <input
        type="range"
        aria-label="Automatic groups"
        aria-valuetext={counted(shown, "group")}
        min={GROUP_COUNTS.least}
        max={GROUP_COUNTS.most}
        step={1}
        value={shown}
        data-testid="group-count"
        onChange={(event) => setMoved(Number(event.target.value))}
      />
      <span aria-hidden="true">more</span>
      <b className="figure">{shown}</b>
      {value !== null && (
        <button
          type="button"
          title="As many groups as lose little of what features tell"
          data-testid="own-groups"
          onClick={() => {
            setMoved(null);
            onChange(null);
          }}
        >
          reset
        </button>
      )}
    </div>
  );
}
