/** The tokens that a trace explains in place of the most probable ones, or one rather than another. */
import { useId } from "react";
import { Icon } from "../shared/Icon";
import { isOneTarget, type Draft } from "./draft";
import "./Targets.css";

interface TargetsProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}

export function Targets({ draft, onChange }: TargetsProps) {
  const help = useId();
  const { targets, ratherThan } = draft;
  const isOne = isOneTarget(draft);
  return (
    <fieldset className="targets" aria-describedby={help}>
      <legend>targets</legend>
      <div className="targets-tokens">
        {targets.map((token, at) => (
          <span key={at} className="targets-token">
            <input
              type="text"
              value={token}
              aria-label={`Target ${at + 1}`}
              placeholder={at === 0 ? "the most probable tokens" : ""}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => onChange({ targets: targets.map((each, place) => (place === at ? target.value : each)) })}
            />
            {targets.length > 1 && (
              <button type="button" className="icon-button" aria-label={`Remove target ${at + 1}`} onClick={() => onChange({ targets: targets.filter((_, place) => place !== at) })}>
                <Icon name="close" />
              </button>
            )}
          </span>
        ))}
        <button type="button" className="icon-button" aria-label="Add a target" title="Add a target" onClick={() => onChange({ targets: [...targets, ""] })}>
          <Icon name="plus" />
        </button>
        <label className="targets-token">
          <span className={isOne ? "" : "muted"}>rather than</span>
          <input type="text" value={ratherThan} disabled={!isOne} autoComplete="off" spellCheck={false} onChange={({ target }) => onChange({ ratherThan: target.value })} />
        </label>
      </div>
      <p id={help} className="targets-help muted">
        Tokens to explain, written exactly: most words begin with a space. One rather than another: the difference of their logits.
      </p>
    </fieldset>
  );
}
