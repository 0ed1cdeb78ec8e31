/** What is shown of heads, and how. */
import type { InternalsAnswer, PatternKind } from "../../../../api/types";
import { Popover } from "../../../../shared/popover/Popover";
import { MODES, NOTATIONS, type Inside } from "../../inside";
import { KINDS, partOf } from "../patterns";
import { Segmented } from "../../../../shared/choice/Segmented";
import "./AttentionOptions.css";

interface AttentionOptionsProps {
  internals: InternalsAnswer;
  inside: Inside;
  onInside: (change: Partial<Inside>) => void;
}

const MODE_TITLES: Record<Inside["mode"], string> = {
  small: "Many heads beside one another",
  large: "One head with its tokens",
  lines: "What one query sees of its keys, channel by channel",
};
const NOTATION_TEXTS: Record<Inside["notation"], string> = { LH: "L2H3", dot: "2.3" };

export function AttentionOptions({ internals, inside, onInside }: AttentionOptionsProps) {
  const { kind, mode, notation, title, help } = inside;
  const kinds = (Object.keys(KINDS) as PatternKind[]).map((value) => ({
    value,
    text: KINDS[value].name,
    title: KINDS[value].meaning,
    isAbsent: value !== kind && !internals.parts.includes(partOf(value)),
  }));
  return (
    <div className="attention-options" data-testid="attention-options">
      <Segmented name="What of a head is shown" value={kind} options={kinds} onChoose={(kind) => onInside({ kind })} />
      <Segmented name="How" value={mode} options={MODES.map((value) => ({ value, text: value, title: MODE_TITLES[value] }))} onChoose={(mode) => onInside({ mode })} />
      <Popover name="Options: names of heads, title" text="Options" testId="attention-more">
        <div className="attention-options-more">
          <span>Heads are named</span>
          <Segmented name="Names of heads" value={notation} options={NOTATIONS.map((value) => ({ value, text: NOTATION_TEXTS[value] }))} onChoose={(notation) => onInside({ notation })} />
          <label htmlFor="attention-title">Title</label>
          {/* It is in the address, so it changes once it is whole. */}
          <input
            key={title}
            id="attention-title"
            type="text"
            defaultValue={title ?? ""}
            maxLength={200}
            onBlur={({ target }) => onInside({ title: target.value.trim() || null })}
            onKeyDown={(event) => {
              if (event.key === "Enter") onInside({ title: event.currentTarget.value.trim() || null });
            }}
          />
        </div>
      </Popover>
      <button type="button" className="icon-button" aria-label="What this shows" aria-pressed={help} title="What this shows" data-testid="attention-help-button" onClick={() => onInside({ help: !help })}>
        ?
      </button>
    </div>
  );
}
