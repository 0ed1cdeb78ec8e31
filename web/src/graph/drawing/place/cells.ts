/** The nodes of one cell, a layer at a position: side by side in rows about the layer's line, within its band. */
import type { NodesAnswer } from "../../../api/types";
import { isOfAttention } from "../../model/model";
import type { Column } from "./columns";

/** Distance between the centres of two neighbours in a cell. In a crowd it may fall to `crowded`, but no further. */
export const SPACING = { crowded: 4, least: 5.5, most: 12 };
const PADDING = 7;
/** The part of the distance between two layers that the rows of one take at most. */
const BAND = 0.62;
/** A few layers far apart do not make towers of their cells. */
const MOST_ROWS = 4;

export interface Places {
  x: Float32Array;
  y: Float32Array;
}

/** A node's place in its cell: the lowest comes first, a node of unknown influence last. */
function rankOf(nodes: NodesAnswer, node: number): number {
  if (nodes.kind[node] === "logit") return -(nodes.probability[node] ?? 0);
  return nodes.cumulative_influence[node] ?? 2;
}

/** The layer at which a node is drawn: attention, which comes before the MLP of its layer, half a layer below it. */
const heightOf = (nodes: NodesAnswer, node: number): number => (nodes.layer[node] ?? 0) - (isOfAttention(nodes, node) ? 0.5 : 0);

/** The nodes of each (position, layer), strongest first; of the nodes that `shows` has, where it is given. */
export function cellsOf(nodes: NodesAnswer, shows?: Uint8Array): Map<number, Map<number, number[]>> {
  const byColumn = new Map<number, Map<number, number[]>>();
  nodes.id.forEach((_, node) => {
    if (shows && !shows[node]) return;
    const position = nodes.position[node] ?? 0;
    const layer = heightOf(nodes, node);
    const column = byColumn.get(position) ?? new Map<number, number[]>();
    byColumn.set(position, column);
    const cell = column.get(layer);
    if (cell) cell.push(node);
    else column.set(layer, [node]);
  });
  for (const column of byColumn.values()) {
    for (const cell of column.values()) cell.sort((a, b) => rankOf(nodes, a) - rankOf(nodes, b) || a - b);
  }
  return byColumn;
}

/** The rows that a layer's band has room for. */
const rowsWithin = (layerStep: number): number =>
  Math.min(MOST_ROWS, Math.max(1, Math.floor((layerStep * BAND) / SPACING.least)));

/** The width below which the nodes of a cell would cover each other. */
export function leastWidth(size: number, layerStep: number): number {
  const perRow = Math.ceil(size / rowsWithin(layerStep));
  return (perRow - 1) * SPACING.crowded + 2 * PADDING;
}

/** Puts a cell's nodes into rows centred on the layer's line. */
export function placeCell(
  cell: readonly number[],
  column: Column,
  line: number,
  layerStep: number,
  scale: number,
  at: Places,
): void {
  const width = Math.max(1, column.x1 - column.x0 - 2 * PADDING);
  const capacity = Math.max(1, Math.floor(width / SPACING.least) + 1);
  const rows = Math.min(Math.ceil(cell.length / capacity), rowsWithin(layerStep));
  const perRow = Math.ceil(cell.length / rows);
  const step = perRow > 1 ? Math.min(SPACING.most * scale, width / (perRow - 1)) : 0;
  const rowStep = Math.min(SPACING.most * 0.8, rows > 1 ? (layerStep * BAND) / (rows - 1) : 0);
  const centre = (column.x0 + column.x1) / 2;
  cell.forEach((node, place) => {
    const row = Math.floor(place / perRow);
    const inRow = Math.min(perRow, cell.length - row * perRow);
    at.x[node] = centre + ((place % perRow) - (inRow - 1) / 2) * step;
    at.y[node] = line - ((rows - 1) / 2 - row) * rowStep;
  });
}

/** The least distance from a cell's first node to the others. */
export function spacingOf(cell: readonly number[], { x, y }: Places): number {
  const [first, ...others] = cell;
  if (first === undefined) return Infinity;
  return others.reduce(
    (least, node) => Math.min(least, Math.hypot((x[node] ?? 0) - (x[first] ?? 0), (y[node] ?? 0) - (y[first] ?? 0))),
    Infinity,
  );
}
