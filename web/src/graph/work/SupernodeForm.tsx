/** A supernode's name and colour, which can be changed, and the button that breaks it. */
import { useState, type SyntheticEvent } from "react";
import { colourOf, N_COLOURS, nameTrouble, type Edit, type Supernode, type Work } from "./work";
import "./SupernodeForm.css";

interface SupernodeFormProps {
  work: Work;
  supernode: Supernode;
  onEdit: (edit: Edit) => void;
}

const COLOURS = Array.from({ length: N_COLOURS }, (_, colour) => colour);
const COLOUR_NAMES = ["blue", "orange", "green", "violet", "yellow", "pink"];

export function SupernodeForm({ work, supernode, onEdit }: SupernodeFormProps) {
  const { name } = supernode;
  const [text, setText] = useState(name);
  const to = text.trim();
  const trouble = nameTrouble(work, to, name);
  const rename = (event: SyntheticEvent) => {
    event.preventDefault();
    if (trouble === null) onEdit({ type: "renamed", name, to });
  };
  return (
    <form className="supernode-form" data-testid="supernode-form" onSubmit={rename}>
      <label>
        <span className="muted">Name</span>
        <input value={text} autoComplete="off" aria-invalid={trouble !== null} data-testid="supernode-rename" onChange={(event) => setText(event.target.value)} onBlur={rename} />
      </label>
      {trouble && <p role="alert">{trouble}</p>}
      <div className="supernode-form-colours" role="group" aria-label="Colour">
        {COLOURS.map((colour) => (
          <button
            key={colour}
            type="button"
            className="supernode-form-colour"
            data-colour={colour}
            aria-pressed={colourOf(work, supernode) === colour}
            aria-label={COLOUR_NAMES[colour]}
            title={COLOUR_NAMES[colour]}
            onClick={() => onEdit({ type: "coloured", name, colour })}
          />
        ))}
      </div>
      <button type="button" title="Its nodes stay pinned" data-testid="break" onClick={() => onEdit({ type: "broken", name })}>
        Ungroup
      </button>
    </form>
  );
}
