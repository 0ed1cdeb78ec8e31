/** One link of a circuit: a line as wide as its influence, blue where it excites, orange and dashed where it inhibits. */
import type { KeyboardEvent } from "react";
import { HEADS, headOf, linePath, widthOf, type Box } from "./lines";
import { linkKey, type CircuitLink } from "./links";
import "./CircuitLine.css";

interface CircuitLineProps {
  link: CircuitLink;
  source: Box;
  target: Box;
  strongest: number;
  isSelected: boolean;
  /** Whether the Tab key leads to it; of all links to one. */
  isStop: boolean;
  /** The link in words. */
  label: string;
  /** Whether something else is looked at. */
  isFaint: boolean;
  /** The mark of the drawing's arrow heads. */
  head: string;
  onOver: (over: { link: CircuitLink; x: number; y: number } | null) => void;
  onPick: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

export function CircuitLine({ link, source, target, strongest, isSelected, isStop, label, isFaint, head, onOver, onPick, onKeyDown }: CircuitLineProps) {
  const width = widthOf(link.strength, strongest);
  const path = linePath(source, target, headOf(width));
  const sign = link.share < 0 ? "inhibits" : "excites";
  return (
    <g
      className={`circuit-line is-${sign}${isSelected ? " is-selected" : ""}${isFaint ? " is-faint" : ""}`}
      data-testid="circuit-link"
      data-sign={sign}
      data-source={link.source}
      data-target={link.target}
      onPointerMove={({ nativeEvent: { offsetX: x, offsetY: y } }) => onOver({ link, x, y })}
      onPointerLeave={() => onOver(null)}
      onClick={(event) => {
        event.stopPropagation(); // beside it a click ends the selection
        onPick();
      }}
    >
      <path className="circuit-line-halo" d={path} strokeWidth={width + 7} />
      <path className="circuit-line-line" d={path} strokeWidth={width} markerEnd={`url(#${head}-${sign}-${headOf(width)})`} />
      <path
        className="circuit-line-touch"
        d={path}
        strokeWidth={Math.max(10, width)}
        role="button"
        tabIndex={isStop ? 0 : -1}
        aria-pressed={isSelected}
        aria-label={label}
        data-link={linkKey(link)}
        onKeyDown={onKeyDown}
      />
    </g>
  );
}

/** The arrow heads of all lines. */
export function LineHeads({ id }: { id: string }) {
  return (
    <defs>
      {(["excites", "inhibits"] as const).flatMap((sign) =>
        HEADS.map((size) => (
          <marker
            key={`${sign} ${size}`}
            id={`${id}-${sign}-${size}`}
            viewBox="0 0 10 10"
            refX="1"
            refY="5"
            markerWidth={size}
            markerHeight={size}
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path className={`circuit-line-head is-${sign}`} d="M0 0L10 5L0 10z" />
          </marker>
        )),
      )}
    </defs>
  );
}
