/** One box of a circuit: a supernode in its colour, or a node. It is dragged, selected and expanded. */
import type { KeyboardEvent, MouseEvent, PointerEvent } from "react";
import type { Box } from "./lines";
import type { Part } from "../parts";
import { fitted, NAME_FONT, NOTE_FONT, TOKEN_FONT } from "./text";
import "./CircuitBox.css";

interface CircuitBoxProps {
  part: Part;
  box: Box;
  isSelected: boolean;
  /** Whether it is under the pointer, here or in a list. */
  isHovered: boolean;
  isFaint: boolean;
  /** What its links are, in words. */
  about: string;
  onPointerDown: (event: PointerEvent<SVGRectElement>) => void;
  onPointerEnter: () => void;
  onPointerLeave: () => void;
  onClick: (event: MouseEvent) => void;
  onDoubleClick: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

export function CircuitBox({ part, box, isSelected, isHovered, isFaint, about, ...listeners }: CircuitBoxProps) {
  const { key, name, note, colour, supernode, members, isToken, row } = part;
  const { x, y, width, height } = box;
  const isOpen = members !== null;
  const classes = ["circuit-box", `is-${row}`, supernode !== null && "is-supernode", isOpen && "is-open", isSelected && "is-selected", isHovered && "is-hovered", isFaint && "is-faint"];
  const top = isOpen ? -height / 2 + 15 : note === null ? 4 : -3;
  return (
    <g className={classes.filter(Boolean).join(" ")} transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`} {...(colour === null ? {} : { "data-colour": colour })}>
      <rect
        className="circuit-box-frame"
        x={-width / 2}
        y={-height / 2}
        width={width}
        height={height}
        rx={row === "between" ? 7 : 3}
        role="button"
        tabIndex={0}
        aria-pressed={isSelected}
        aria-expanded={supernode === null ? undefined : isOpen}
        aria-label={[name, note, about].filter(Boolean).join(", ")}
        data-testid="circuit-box"
        data-key={key}
        {...listeners}
      />
      <text className={isToken ? "circuit-box-name token" : "circuit-box-name"} y={top} textAnchor="middle" aria-hidden="true">
        {fitted(name, width - 12, isToken ? TOKEN_FONT : NAME_FONT)}
      </text>
      {note !== null && !isOpen && (
        <text className="circuit-box-note" y={12} textAnchor="middle" aria-hidden="true">
          {fitted(note, width - 12, NOTE_FONT)}
        </text>
      )}
    </g>
  );
}
