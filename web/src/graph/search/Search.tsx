/** The search over the drawing: what is typed, and what it finds, which the drawing shows as one goes through it. */
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { counted, percent } from "../../shared/format";
import { comboboxField, useActiveInSight } from "../../shared/hooks/combobox";
import { Icon } from "../../shared/Icon";
import type { Hover } from "../model/hover";
import { isOfAttention, type GraphModel } from "../model/model";
import { entriesOf, type Entry } from "../names/entries";
import { found, indexOf } from "./find";
import "./Search.css";

/** Results on the page at once; all can be selected. */
const LISTED = 50;

interface SearchProps {
  model: GraphModel;
  /** How much each node matters, by which results are ordered. */
  weight: ArrayLike<number>;
  /** For each node, the share of the flow through it; null while it is not known. */
  flow: readonly number[] | null;
  /** For each node 1 where it is drawn. */
  shows: ArrayLike<number>;
  hover: Hover;
  onPick: (node: number) => void;
  /** Selects all of these nodes. */
  onAll: (nodes: number[]) => void;
  onClose: () => void;
}

export function Search({ model, weight, flow, shows, hover, onPick, onAll, onClose }: SearchProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const index = useMemo(() => indexOf(model, weight), [model, weight]);
  const results = useMemo(() => found(index, text), [index, text]);
  const listed = useMemo(() => {
    const part = results.slice(0, LISTED);
    return entriesOf(model, part).map((entry, at) => ({ entry, node: part[at] ?? 0 }));
  }, [model, results]);
  const active = listed[at]?.node;

  useEffect(() => {
    hover.set(active === undefined ? null : { nodes: [active], edges: [] });
  }, [hover, active]);
  useActiveInSight(list, active);
  useEffect(() => () => hover.set(null), [hover]);

  const pick = (node: number) => {
    onPick(node);
    onClose();
  };
  const all = () => {
    onAll(results);
    onClose();
  };
  const press = (event: KeyboardEvent) => {
    const { key, shiftKey } = event;
    if (key === "Escape") onClose();
    else if (key === "ArrowDown") setAt(Math.min(at + 1, listed.length - 1));
    else if (key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (key === "Enter" && shiftKey && results.length > 0) all();
    else if (key === "Enter" && active !== undefined) pick(active);
    else return;
    event.preventDefault();
    // The page's own Escape clears the selection.
    event.stopPropagation();
  };

  return (
    <div className="search" role="search" aria-label="Nodes" data-testid="search" onKeyDown={press}>
      <div className="search-field">
        <Icon name="search" />
        <input
          {...comboboxField(`${id}-list`, listed.length > 0, active === undefined ? undefined : `${id}-${at}`)}
          aria-label="Search for tokens, labels, ids, layers, kinds"
          placeholder="Texas, L20 #44686, L20, error …"
          data-testid="search-field"
          autoFocus
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
        />
        <button type="button" className="icon-button" aria-label="Close the search" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <ul ref={list} id={`${id}-list`} className="search-results" role="listbox" aria-label="Results" hidden={listed.length === 0}>
        {listed.map(({ entry, node }, place) => (
          <li
            key={node}
            id={`${id}-${place}`}
            className="search-result"
            role="option"
            aria-selected={place === at}
            data-testid="search-result"
            // The field keeps the focus.
            onPointerDown={(event) => event.preventDefault()}
            onPointerMove={() => setAt(place)}
            onClick={() => pick(node)}
          >
            <Result model={model} node={node} entry={entry} flow={flow} isHidden={!shows[node]} />
          </li>
        ))}
      </ul>
      {text.trim() !== "" && (
        <div className="search-foot">
          <span role="status" data-testid="search-count">
            {results.length === 0
              ? "No node is called so, or stands at such a token."
              : `${counted(results.length, "node")}${results.length > LISTED ? `, the first ${LISTED} listed` : ""}`}
          </span>
          {results.length > 1 && (
            <button type="button" title="Select all (Shift Enter)" data-testid="select-results" onClick={all}>
              Select all
            </button>
          )}
        </div>
      )}
    </div>
  );
}

interface ResultProps {
  model: GraphModel;
  node: number;
  entry: Entry;
  flow: readonly number[] | null;
  isHidden: boolean;
}

function Result({ model, node, entry: { name, place }, flow, isHidden }: ResultProps) {
  const { kind, layer, label, index } = model.nodes;
  const isFeature = kind[node] === "feature";
  const where = isFeature && label[node] ? `L${layer[node] ?? 0}${isOfAttention(model.nodes, node) ? " attn" : ""} #${index[node] ?? 0}` : kind[node];
  return (
    <>
      <span className="search-name ellipsis">
        <span className={name.isToken ? "token" : name.isInferred ? "inferred" : ""}>{name.text}</span>{" "}
        <span className="muted">
          {where} {place && <span className="token">{place}</span>}
        </span>
      </span>
      {isHidden && (
        <span className="search-hidden" title="The slider under the drawing hides it; it is drawn when it is selected">
          hidden
        </span>
      )}
      {flow && kind[node] !== "error" && (
        <span className="figure" title="Of the flow to the target">
          {percent(flow[node])}
        </span>
      )}
    </>
  );
}
