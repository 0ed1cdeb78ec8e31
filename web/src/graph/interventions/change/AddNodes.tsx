/** More features for a test: the one that is selected in the drawing, or by search. */
import { useMemo, useState } from "react";
import { counted } from "../../../shared/format";
import type { Lit } from "../../model/lit";
import type { GraphModel } from "../../model/model";
import { isTestable, type Subject } from "../../model/testable";
import { listName } from "../draft";
import { found } from "../search";
import "./AddNodes.css";

interface AddNodesProps {
  model: GraphModel;
  /** The selected node; null: there is none. */
  picked: number | null;
  /** The nodes that the test has. */
  has: readonly number[];
  onAdd: (subject: Subject) => void;
  onHover: (over: Lit | null) => void;
}

export function AddNodes({ model, picked, has, onAdd, onHover }: AddNodesProps) {
  const [text, setText] = useState("");
  const known = useMemo(() => new Set(has), [has]);
  const hits = useMemo(() => found(model, text).filter(({ nodes }) => nodes.some((node) => !known.has(node))), [model, text, known]);
  const name = picked === null ? "" : listName(model, [picked]);
  const hovering = (nodes: readonly number[]) => ({
    onPointerEnter: () => onHover({ nodes: [...nodes], edges: [] }),
    onPointerLeave: () => onHover(null),
    onFocus: () => onHover({ nodes: [...nodes], edges: [] }),
    onBlur: () => onHover(null),
  });
  const add = (subject: Subject) => {
    onHover(null);
    onAdd(subject);
  };
  return (
    <div className="add-nodes">
      {picked !== null && !known.has(picked) && isTestable(model, picked) && (
        <button type="button" data-testid="add-picked" onClick={() => add({ name, nodes: [picked] })}>
          Add {name}
        </button>
      )}
      {picked !== null && !isTestable(model, picked) && <p className="muted">{name} cannot be changed, only features can.</p>}
      <label>
        <span className="unseen">Add features by label, layer, id or token</span>
        <input
          type="search"
          placeholder="Search, or click a node"
          data-testid="add-search"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      {text.trim() !== "" && (
        <ul className="add-nodes-hits" data-testid="add-hits">
          {hits.map((subject) => (
            <li key={subject.nodes.join(" ")}>
              <button type="button" onClick={() => add(subject)} {...hovering(subject.nodes)}>
                {subject.name}
                {subject.nodes.length > 1 && <span className="figure">{counted(subject.nodes.length, "feature")}</span>}
              </button>
            </li>
          ))}
          {hits.length === 0 && <li className="muted">No other feature has this in its label, id or token.</li>}
        </ul>
      )}
    </div>
  );
}
