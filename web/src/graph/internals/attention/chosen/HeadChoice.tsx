/** Which heads are shown: many by their names or layers, or one. */
import { useState } from "react";
import type { InternalsAnswer } from "../../../../api/types";
import { Icon } from "../../../../shared/Icon";
import { headName, tokenName, type Head, type Inside } from "../../inside";
import { choiceIn, choiceText, type Choice } from "./choice";
import "./HeadChoice.css";

interface HeadsChoiceProps {
  internals: InternalsAnswer;
  inside: Inside;
  /** What is shown where nothing is asked for. */
  open: Head;
  onInside: (change: Partial<Inside>) => void;
}

export function HeadsChoice({ internals, inside, open, onInside }: HeadsChoiceProps) {
  const { layers, heads, notation } = inside;
  const written = choiceText({ layers, heads }, notation);
  const [why, setWhy] = useState<string | null>(null);
  const choose = (choice: Choice | string) => {
    setWhy(typeof choice === "string" ? choice : null);
    if (typeof choice !== "string") onInside(choice);
  };
  return (
    <form
      className="head-choice"
      onSubmit={(event) => {
        event.preventDefault();
        const text = new FormData(event.currentTarget).get("heads");
        choose(choiceIn(typeof text === "string" ? text : "", internals));
      }}
    >
      <label htmlFor="heads-chosen">Heads</label>
      <input
        key={written}
        id="heads-chosen"
        name="heads"
        type="text"
        className="head-choice-text"
        defaultValue={written}
        placeholder={`layer ${open.layer}; or 0-2, -1, L2H3`}
        aria-invalid={why !== null}
        aria-describedby="heads-chosen-why"
        data-testid="heads-chosen"
      />
      <button type="submit">Show</button>
      <button type="button" onClick={() => choose(choiceIn("all", internals))}>
        All {internals.n_layers * internals.n_heads}
      </button>
      {written !== "" && (
        <button type="button" onClick={() => choose({ layers: null, heads: null })}>
          Layer {open.layer}
        </button>
      )}
      <p id="heads-chosen-why" className="head-choice-why" role="alert">
        {why}
      </p>
    </form>
  );
}

interface HeadChoiceProps {
  internals: InternalsAnswer;
  open: Head;
  /** Through which the arrows go. */
  through: readonly Head[];
  notation: Inside["notation"];
  onHead: (head: Head) => void;
}

export function HeadChoice({ internals, open, through, notation, onHead }: HeadChoiceProps) {
  const { n_layers: nLayers, n_heads: nHeads } = internals;
  const place = through.findIndex(({ layer, head }) => layer === open.layer && head === open.head);
  const step = (by: number) => {
    const to = through.at((place + by) % through.length);
    if (to) onHead(to);
  };
  return (
    <span className="head-choice">
      <button type="button" className="icon-button head-choice-previous" aria-label="Previous head" onClick={() => step(-1)}>
        <Icon name="chevron" />
      </button>
      <select
        aria-label="Head"
        className="snug"
        data-testid="head-chosen"
        value={headName(open, "dot")}
        onChange={({ target }) => {
          const [layer, head] = target.value.split(".").map(Number);
          if (layer !== undefined && head !== undefined) onHead({ layer, head });
        }}
      >
        {Array.from({ length: nLayers }, (_, layer) => (
          <optgroup key={layer} label={`layer ${layer}`}>
            {Array.from({ length: nHeads }, (_, head) => (
              <option key={head} value={headName({ layer, head }, "dot")}>
                {headName({ layer, head }, notation)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <button type="button" className="icon-button" aria-label="Next head" onClick={() => step(1)}>
        <Icon name="chevron" />
      </button>
    </span>
  );
}

export function QueryChoice({ tokens, query, onQuery }: { tokens: readonly string[]; query: number; onQuery: (query: number) => void }) {
  return (
    <label className="head-choice">
      query
      <select className="snug" data-testid="query-chosen" value={query} onChange={({ target }) => onQuery(Number(target.value))}>
        {tokens.map((_, position) => (
          <option key={position} value={position}>
            {tokenName(tokens, position)}
          </option>
        ))}
      </select>
    </label>
  );
}
