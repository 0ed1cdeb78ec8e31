/** The names along a side of a heat map, as many as have room; those of what is marked always. */
import type { CSSProperties } from "react";
import { namedPlaces } from "./place";
import "./AxisNames.css";

export interface Axis {
  /** What it counts: "query", "layer". */
  readonly title: string;
  readonly names: readonly string[];
}

/** Pixels: of a letter of a name, around a name, of a line of names, and the most that names take. */
const LETTER = 6.7;
const AROUND = 8;
const LINE = 16;
const MOST = 104;

/** The room (pixels) that names take beside the map, or above it where they do not fit over their columns. */
export const axisRoom = (names: readonly string[]): number => Math.min(MOST, AROUND + LETTER * Math.max(4, ...names.map((name) => name.length)));

interface AxisNamesProps {
  axis: Axis;
  /** Of a cell, pixels. */
  side: number;
  direction: "across" | "down";
  /** Places of what is under the pointer and of what is selected. */
  marked: readonly [hovered: number | null, selected: number | null];
  /** The pointer is over the names, at this part (0 to 1) of them. */
  onHover: (part: number) => void;
}

export function AxisNames({ axis: { names }, side, direction, marked, onHover }: AxisNamesProps) {
  const isAcross = direction === "across";
  const isUpright = isAcross && names.every((name) => LETTER * name.length + 4 <= side);
  const room = isUpright ? LINE : axisRoom(names);
  const extent = names.length * side;
  const shown = new Set([...namedPlaces(names.length, isUpright ? Math.max(side, 13) : side), ...marked.filter((at) => at !== null)]);
  const style: CSSProperties = isAcross ? { width: extent, height: room } : { width: room, height: extent };
  return (
    <div
      className={`axis-names is-${direction}${isUpright ? " is-upright" : ""}`}
      style={style}
      aria-hidden="true"
      data-testid={`names-${direction}`}
      onPointerMove={({ currentTarget, clientX, clientY }) => {
        const { left, top, width, height } = currentTarget.getBoundingClientRect();
        onHover(isAcross ? (clientX - left) / width : (clientY - top) / height);
      }}
    >
      {[...shown].map((at) => {
        const middle = `${((at + 0.5) * side).toFixed(2)}px`;
        const isMarked = marked.includes(at);
        return (
          <span
            key={at}
            className={isMarked ? "axis-names-name is-marked" : "axis-names-name"}
            style={isAcross ? { left: middle, ...(isUpright ? {} : { maxHeight: room - 2 }) } : { top: middle, maxWidth: room - 2 }}
            data-hovered={marked[0] === at ? true : undefined}
          >
            {names[at]}
          </span>
        );
      })}
    </div>
  );
}
