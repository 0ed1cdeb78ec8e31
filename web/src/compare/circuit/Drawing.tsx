/** The difference of two circuits as a picture. The lists beside it say the same in words. */
import { useMemo, useState } from "react";
import type { Difference, Part } from "./difference";
import { BOX, layoutOf, WIDTH } from "./layout";
import "./Drawing.css";

/** Characters of a name that fit into a box, beside the letters of its graphs: of a token, whose characters are wide, and of others. */
const FITTING = { token: 20, target: 20, group: 24 };

const LETTERS = { a: "A", both: "A B", b: "B" };

export function Drawing({ difference }: { difference: Difference }) {
  const { height, placed, links } = useMemo(() => layoutOf(difference), [difference]);
  const [pointed, setPointed] = useState<string | null>(null);
  const isOff = ({ source, target }: { source: string; target: string }) => pointed !== null && source !== pointed && target !== pointed;
  const counts = (["a", "both", "b"] as const).map((where) => difference.parts.filter((part) => part.where === where).length);
  return (
    <svg
      className="drawing-of-two"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={`The two circuits as one: ${counts[0]} parts only of A, ${counts[1]} of both, ${counts[2]} only of B. The lists below say the same.`}
      data-testid="circuit-drawing"
    >
      {[WIDTH / 3, (2 * WIDTH) / 3].map((x) => (
        <line key={x} className="drawing-of-two-edge" x1={x} x2={x} y1={0} y2={height} />
      ))}
      {links.map(({ link, path, width }) => (
        <path key={`${link.source}\n${link.target}`} className={`drawing-of-two-link is-${link.where}${isOff(link) ? " is-off" : ""}`} d={path} strokeWidth={width} />
      ))}
      {[...placed.values()].map(({ part, x, y }) => (
        <g key={part.key} transform={`translate(${x - BOX.width / 2} ${y - BOX.height / 2})`} className={`drawing-of-two-part is-${part.where}`} onPointerEnter={() => setPointed(part.key)} onPointerLeave={() => setPointed(null)}>
          <title>{part.name}</title>
          <rect width={BOX.width} height={BOX.height} rx={part.kind === "group" ? 6 : 13} />
          <text className="drawing-of-two-letters" x={10} y={17}>
            {LETTERS[part.where]}
          </text>
          <text className={part.kind === "group" ? undefined : "token"} x={part.where === "both" ? 38 : 26} y={17}>
            {shortName(part)}
          </text>
        </g>
      ))}
    </svg>
  );
}

const shortName = ({ kind, name }: Part): string => (name.length > FITTING[kind] ? `${name.slice(0, FITTING[kind] - 1)}…` : name);
