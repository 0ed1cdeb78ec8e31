/**
 * The way from one drawn node to another by the keyboard. Pure.
 *
 *     input      the strongest input: the first link of "Comes from" whose node is drawn
 *     output     what the node leads on to most: the first link of "Goes to" whose node is drawn
 *     previous   the node before it in its cell, a layer at a position, where the strongest is first; then the last node
 *     next       of the layer at the position before; and the same the other way
 *     lower      the strongest node of the next layer below at the same position that has one
 *     higher     and above
 */
import { linksOf, type GraphModel } from "../../model/model";
import { cellsOf } from "../place/cells";

export type Direction = "input" | "output" | "previous" | "next" | "lower" | "higher";

/** What links lead on to, by the question; where it is not known, links count by their shares. */
export interface Ahead {
  /** For each node, its influence on the targets. */
  onward: ArrayLike<number>;
  /** For each link, its share of the other's input on the way to the targets. */
  share: ArrayLike<number>;
}

/** Where a step leads, and over which link; null: over none. */
export interface Step {
  node: number;
  edge: number | null;
}

/** The step from a node in a direction; null where no drawn node lies there. */
export function walk(
  model: GraphModel,
  isDrawn: (node: number) => boolean,
  from: number,
  direction: Direction,
  ahead: Ahead | null = null,
): Step | null {
  switch (direction) {
    case "input":
      return overLink(model, linksOf(model.incoming, from), model.edges.source, isDrawn, (edge) => model.edges.share[edge] ?? 0);
    case "output": {
      const along = (edge: number): number =>
        ahead === null ? 0 : (ahead.share[edge] ?? 0) * (ahead.onward[model.edges.target[edge] ?? 0] ?? 0);
      return overLink(model, linksOf(model.outgoing, from), model.edges.target, isDrawn, along);
    }
    case "previous":
      return beside(model, isDrawn, from, -1);
    case "next":
      return beside(model, isDrawn, from, 1);
    case "lower":
      return inColumn(model, isDrawn, from, -1);
    case "higher":
      return inColumn(model, isDrawn, from, 1);
  }
}

/** Over the link that carries most; of equal ones, over that of the larger share. */
function overLink(
  { edges }: GraphModel,
  links: Uint32Array,
  ends: readonly number[],
  isDrawn: (node: number) => boolean,
  carries: (edge: number) => number,
): Step | null {
  let best: number | null = null;
  for (const edge of links) {
    if (!isDrawn(ends[edge] ?? 0)) continue;
    const order = best === null ? 1 : carries(edge) - carries(best) || (edges.share[edge] ?? 0) - (edges.share[best] ?? 0);
    if (order > 0) best = edge;
  }
  return best === null ? null : { node: ends[best] ?? 0, edge: best };
}

type Cells = ReturnType<typeof cellsOf>;

function drawnCells({ nodes }: GraphModel, isDrawn: (node: number) => boolean): Cells {
  return cellsOf(nodes, Uint8Array.from(nodes.id, (_, node) => Number(isDrawn(node))));
}

/** A node's position, the height of its cell, and its place in that. */
function placeIn(cells: Cells, { nodes }: GraphModel, node: number): { position: number; height: number; place: number } | null {
  const position = nodes.position[node] ?? 0;
  for (const [height, cell] of cells.get(position) ?? []) {
    const place = cell.indexOf(node);
    if (place >= 0) return { position, height, place };
  }
  return null;
}

function beside(model: GraphModel, isDrawn: (node: number) => boolean, from: number, by: -1 | 1): Step | null {
  const cells = drawnCells(model, (node) => node === from || isDrawn(node));
  const at = placeIn(cells, model, from);
  if (!at) return null;
  const within = cells.get(at.position)?.get(at.height)?.[at.place + by];
  if (within !== undefined) return { node: within, edge: null };
  const positions = [...cells.keys()].sort((a, b) => by * (a - b)).filter((position) => by * (position - at.position) > 0);
  for (const position of positions) {
    const node = cells.get(position)?.get(at.height)?.at(by < 0 ? -1 : 0);
    if (node !== undefined) return { node, edge: null };
  }
  return null;
}

function inColumn(model: GraphModel, isDrawn: (node: number) => boolean, from: number, by: -1 | 1): Step | null {
  const cells = drawnCells(model, (node) => node === from || isDrawn(node));
  const at = placeIn(cells, model, from);
  const column = at && cells.get(at.position);
  if (!column) return null;
  const heights = [...column.keys()].sort((a, b) => by * (a - b)).filter((height) => by * (height - at.height) > 0);
  const node = column.get(heights[0] ?? NaN)?.[0];
  return node === undefined ? null : { node, edge: null };
}
