/** The nodes that the slider hides, those that carry most first; a click selects one, which draws it. */
import { useMemo, useState } from "react";
import { counted, percent } from "../../shared/format";
import { Icon } from "../../shared/Icon";
import type { Lit } from "../model/lit";
import type { GraphModel } from "../model/model";
import { entriesOf } from "../names/entries";
import { NodeButton } from "../node/NodeButton";
import "./HiddenNodes.css";

/** Nodes listed at once. */
const PART = 50;

interface HiddenNodesProps {
  id: string;
  model: GraphModel;
  hidden: readonly number[];
  selected: ReadonlySet<number>;
  flow: readonly number[] | null;
  onPick: (node: number) => void;
  onHover: (over: Lit | null) => void;
  /** Draws all of them. */
  onAll: () => void;
  onClose: () => void;
}

export function HiddenNodes({ id, model, hidden, selected, flow, onPick, onHover, onAll, onClose }: HiddenNodesProps) {
  const [length, setLength] = useState(PART);
  const listed = useMemo(() => {
    const part = hidden.slice(0, length);
    return entriesOf(model, part).map((entry, at) => ({ entry, node: part[at] ?? 0 }));
  }, [model, hidden, length]);
  const left = Math.min(PART, hidden.length - length);
  return (
    <section
      id={id}
      className="hidden-nodes"
      aria-label="Hidden nodes"
      data-testid="hidden-nodes"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div className="detail-head">
        <button type="button" className="hidden-nodes-all" data-testid="show-all" onClick={onAll}>
          Show all
        </button>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <ul>
        {listed.map(({ entry, node }) => (
          <li
            key={node}
            className={selected.has(node) ? "is-selected" : ""}
            onPointerEnter={() => onHover({ nodes: [node], edges: [] })}
            onPointerLeave={() => onHover(null)}
            onFocus={() => onHover({ nodes: [node], edges: [] })}
            onBlur={() => onHover(null)}
          >
            <NodeButton id={model.nodes.id[node] ?? ""} entry={entry} onPick={() => onPick(node)}>
              {flow && model.nodes.kind[node] !== "error" && (
                <span className="figure" title="Of the flow to the target">
                  {percent(flow[node])}
                </span>
              )}
            </NodeButton>
          </li>
        ))}
      </ul>
      {left > 0 && (
        <button type="button" className="hidden-nodes-more" onClick={() => setLength(length + PART)}>
          {counted(left, "more", "more")}
        </button>
      )}
    </section>
  );
}
