/** Where an arrow key leads from a part of a circuit. */
import type { Box } from "./lines";
import { byStrength, linksAt, type CircuitLink } from "./links";

export type Direction = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

export const isDirection = (key: string): key is Direction => /^Arrow(Up|Down|Left|Right)$/.test(key);

/** A unit step on the drawing. */
export const STEP: Record<Direction, readonly [x: number, y: number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** What the arrow keys do from a link: ↑ and ↓ lead to its ends, ← and → to the next stronger and the next weaker link. Null: there is none. */
export function fromLink(direction: Direction, link: CircuitLink, links: readonly CircuitLink[]): { part: string } | { link: CircuitLink } | null {
  if (direction === "ArrowUp") return { part: link.target };
  if (direction === "ArrowDown") return { part: link.source };
  const sorted = byStrength(links);
  const next = sorted[sorted.findIndex(({ source, target }) => source === link.source && target === link.target) + STEP[direction][0]];
  return next ? { link: next } : null;
}

/**
 * The key of the next part: up along the strongest link out of this one, down along the strongest into it, left and right
 * to the nearest beside it. Null: there is none.
 */
export function nextPart(direction: Direction, key: string, boxes: ReadonlyMap<string, Box>, links: readonly CircuitLink[]): string | null {
  if (direction === "ArrowUp") return linksAt(links, "source", key)[0]?.target ?? null;
  if (direction === "ArrowDown") return linksAt(links, "target", key)[0]?.source ?? null;
  const from = boxes.get(key);
  if (!from) return null;
  const [ahead] = STEP[direction];
  // What is in the same row is nearer than what is above or below.
  const distance = (box: Box): number => Math.abs(box.x - from.x) + 4 * Math.abs(box.y - from.y);
  const beside = [...boxes].filter(([each, box]) => each !== key && (box.x - from.x) * ahead > 0);
  return beside.toSorted(([, a], [, b]) => distance(a) - distance(b))[0]?.[0] ?? null;
}
