/** The form that names a new supernode. */
import { useState, type KeyboardEvent, type SyntheticEvent } from "react";
import { commonName } from "./commonName";
import type { GraphModel } from "../model/model";
import { nameTrouble, unusedName, type Work } from "./work";
import "./NewSupernode.css";

interface NewSupernodeProps {
  model: GraphModel;
  work: Work;
  nodes: readonly number[];
  onMake: (name: string) => void;
  onClose: () => void;
}

export function NewSupernode({ model, work, nodes, onMake, onClose }: NewSupernodeProps) {
  const [text, setText] = useState(() => unusedName(work, commonName(model, nodes)));
  const name = text.trim();
  const trouble = nameTrouble(work, name);
  const make = (event: SyntheticEvent) => {
    event.preventDefault();
    if (trouble === null) onMake(name);
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // the selection stays
    onClose();
  };
  return (
    <form className="new-supernode" data-testid="new-supernode" onSubmit={make} onKeyDown={leave}>
      <label>
        <span className="muted">
          Supernode of {nodes.length} node{nodes.length === 1 ? "" : "s"}
        </span>
        <input
          value={text}
          autoFocus
          autoComplete="off"
          aria-invalid={trouble !== null}
          data-testid="supernode-name"
          onFocus={(event) => event.target.select()}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" className="primary" disabled={trouble !== null}>
        Make
      </button>
      {trouble && <p role="alert">{trouble}</p>}
    </form>
  );
}
