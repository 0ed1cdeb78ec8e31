/** A button that opens a node: its name and its place, beside figures of the caller's. */
import type { ReactNode } from "react";
import type { Entry } from "../names/entries";
import "./NodeButton.css";

interface NodeButtonProps {
  /** The node's id. */
  id: string;
  /** Its name in the list that holds the button. */
  entry: Entry;
  onPick: () => void;
  /** Colours the bar. */
  sign?: "excites" | "inhibits";
  title?: string;
  children?: ReactNode;
}

export function NodeButton({ id, entry: { name, note, place }, onPick, sign, title, children }: NodeButtonProps) {
  return (
    <button type="button" className={sign ? `node-button ${sign}` : "node-button"} title={title} data-node-id={id} onClick={onPick}>
      <span className="node-button-name">
        <span className={name.isToken ? "token" : name.isInferred ? "inferred" : ""}>{name.text}</span>{" "}
        <span className="node-button-where">
          {note && `${note} `}
          {place && <span className="token">{place}</span>}
        </span>
      </span>
      {children}
    </button>
  );
}
