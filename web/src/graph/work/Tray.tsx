/** The tray under the stage: what is pinned and drawn together, and what can be done with the selection. */
import { useEffect, useRef, type ReactNode } from "react";
import type { Lit } from "../model/lit";
import { nodeName, type GraphModel } from "../model/model";
import type { Selection } from "../model/selection";
import type { Bench } from "./bench";
import { NewSupernode } from "./NewSupernode";
import { allPinned, arePinned, colourOf, type Edit } from "./work";
import "./Tray.css";

/** Pins that stand in the tray one by one; the rest are counted. */
const MOST_PINS = 12;

interface TrayProps {
  model: GraphModel;
  bench: Bench;
  selection: Selection | null;
  /** The nodes of the selection. */
  chosen: readonly number[];
  /** Whether the name of a new supernode is being asked for. */
  grouping: boolean;
  onGrouping: (grouping: boolean) => void;
  onEdit: (edit: Edit) => void;
  onSelect: (selection: Selection) => void;
  onHover: (over: Lit | null) => void;
  onUndo: () => void;
  onRedo: () => void;
  /** The menu of Views. */
  views: ReactNode;
  /** Further things of the work, each an item of a list: in front of those that may be many. */
  things?: ReactNode;
  children?: ReactNode;
}

export function Tray({ model, bench, selection, chosen, grouping, onGrouping, onEdit, onSelect, onHover, onUndo, onRedo, views, things, children }: TrayProps) {
  const { work } = bench.on;
  const isPinned = arePinned(work, chosen);
  const shelf = useRef<HTMLUListElement>(null);
  /** Whether a supernode has just been made, whose form had the focus. */
  const isMade = useRef(false);
  useEffect(() => {
    const list = shelf.current;
    const chip = list?.querySelector<HTMLElement>("[aria-pressed=true]");
    if (!list || !chip) return;
    // Only the list scrolls, not a narrow page.
    const [room, box] = [list.getBoundingClientRect(), chip.getBoundingClientRect()];
    list.scrollLeft += Math.min(0, box.left - room.left) + Math.max(0, box.right - room.right);
    if (isMade.current) chip.focus({ preventScroll: true });
    isMade.current = false;
  }, [selection, work]);
  const canGroup = chosen.length > 0 && selection?.kind !== "supernode";
  const over = (nodes: readonly number[]) => ({
    onPointerEnter: () => onHover({ nodes: [...nodes], edges: [] }),
    onPointerLeave: () => onHover(null),
  });
  return (
    <section className="tray" aria-label="Your work" data-testid="tray">
      {views}
      <ul ref={shelf} className="tray-things" data-testid="tray-things">
        {things}
        {work.supernodes.map((supernode) => {
          const { name, nodes } = supernode;
          return (
          <li key={`=${name}`}>
            <button
              type="button"
              className="chip tray-supernode"
              aria-pressed={selection?.kind === "supernode" && selection.name === name}
              title={`Supernode of ${nodes.length} node${nodes.length === 1 ? "" : "s"}`}
              data-members={nodes.join(" ")}
              {...over(nodes)}
              onClick={() => onSelect({ kind: "supernode", name })}
            >
              <span className="tray-swatch" data-colour={colourOf(work, supernode)} aria-hidden="true" />
              {name} <span className="figure muted">{nodes.length}</span>
            </button>
          </li>
          );
        })}
        {work.pinned.slice(0, MOST_PINS).map((node) => {
          const name = nodeName(model, node);
          return (
            <li key={node}>
              <button
                type="button"
                className={`chip ${name.isToken ? "token" : ""}`}
                aria-pressed={selection?.kind === "node" && selection.node === node}
                title="A pinned node"
                data-node-id={model.nodes.id[node]}
                {...over([node])}
                onClick={() => onSelect({ kind: "node", node })}
              >
                <span className="tray-pin" aria-hidden="true" />
                {name.text}
              </button>
            </li>
          );
        })}
        {work.pinned.length > MOST_PINS && (
          <li>
            <button
              type="button"
              className="chip"
              title="Select all pinned nodes"
              {...over(work.pinned)}
              onClick={() => onSelect({ kind: "nodes", nodes: work.pinned })}
            >
              {work.pinned.length - MOST_PINS} more pins
            </button>
          </li>
        )}
        {allPinned(work).length === 0 && <li className="muted">Pin a node (p), group several (g): what is pinned makes the circuit.</li>}
      </ul>
      <div className="tray-actions" role="group" aria-label="Selection">
        <button
          type="button"
          disabled={chosen.length === 0}
          title="Keep the selection in the circuit, or take it out (p)"
          data-testid="pin"
          onClick={() => onEdit({ type: isPinned ? "unpinned" : "pinned", nodes: chosen })}
        >
          {isPinned ? "Unpin" : "Pin"}
        </button>
        <span className="tray-group">
          <button type="button" disabled={!canGroup} aria-expanded={grouping} title="Make a supernode of the selection (g)" data-testid="group" onClick={() => onGrouping(!grouping)}>
            Group
          </button>
          {grouping && canGroup && (
            <NewSupernode
              model={model}
              work={work}
              nodes={chosen}
              onMake={(name) => {
                isMade.current = true;
                onEdit({ type: "grouped", name, nodes: chosen });
                onGrouping(false);
                onSelect({ kind: "supernode", name });
              }}
              onClose={() => onGrouping(false)}
            />
          )}
        </span>
        <button
          type="button"
          disabled={chosen.length === 0}
          title="Do not draw the selection (h); the bar above counts what is hidden, and opens it"
          data-testid="hide"
          onClick={() => onEdit({ type: "hidden", nodes: chosen })}
        >
          Hide
        </button>
      </div>
      <div className="tray-actions" role="group" aria-label="History">
        <button type="button" disabled={bench.past.length === 0} title="Undo (Ctrl-Z)" data-testid="undo" onClick={onUndo}>
          Undo
        </button>
        <button type="button" disabled={bench.future.length === 0} title="Redo (Ctrl-Shift-Z)" data-testid="redo" onClick={onRedo}>
          Redo
        </button>
      </div>
      {children}
    </section>
  );
}
