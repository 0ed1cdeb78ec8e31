/**
 * The places of nodes: token positions across, layers up.
 *
 * 1. A column is as wide as the square root of its busiest layer, so the last token's crowd has room.
 * 2. Layers are a true scale, embeddings (-1) at the bottom, logits (n_layers) at the top.
 * 3. Nodes of one cell (position, layer) stand side by side, strongest first, in several rows if one is too short.
 *
 * Pure: the same graph and size give the same places. All lengths are CSS pixels.
 */
import { scaleLinear } from "d3-scale";
import type { Kind, NodesAnswer } from "../../../api/types";

export interface Margin {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export interface Frame {
  width: number;
  height: number;
  margin: Margin;
}

export interface Column {
  position: number;
  x0: number;
  x1: number;
}

export interface Layout {
  frame: Frame;
  x: Float32Array;
  y: Float32Array;
  /** Radius of each mark. */
  r: Float32Array;
  columns: Column[];
  layerY: (layer: number) => number;
  /** Pixels between two layers. */
  layerStep: number;
}

/** Distance between the centres of two neighbours in a cell. */
const SPACING = { least: 5.5, most: 12 };
const CELL_PADDING = 7;
/** Distance between two tokens under the drawing. */
const TOKEN_GAP = 8;

/** A node's place in its cell: the lowest comes first, a node of unknown influence last. */
function rankOf(nodes: NodesAnswer, node: number): number {
  if (nodes.kind[node] === "logit") return -(nodes.probability[node] ?? 0);
  return nodes.cumulative_influence[node] ?? 2;
}

/** Radius of a node's mark; prominence.ts says what `prominence` is. */
function radius(kind: Kind | undefined, prominence: number): number {
  const least = kind === "embedding" ? 3.6 : kind === "logit" ? 3.2 : kind === "error" ? 2.2 : 1.8;
  return least + 2.8 * prominence;
}

/** The nodes of each (position, layer), strongest first. */
function cells(nodes: NodesAnswer): Map<number, Map<number, number[]>> {
  const byColumn = new Map<number, Map<number, number[]>>();
  nodes.id.forEach((_, node) => {
    const position = nodes.position[node] ?? 0;
    const layer = nodes.layer[node] ?? 0;
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

/**
 * Column widths that fill `inner` pixels in proportion to `wishes`. A column that would be narrower than its token
 * gets the `least` width that the token needs, unless all tokens together need most of the room.
 */
export function columnWidths(wishes: readonly number[], least: readonly number[], inner: number): number[] {
  const fixed = new Set<number>();
  const needed = least.reduce((sum, each) => sum + each, 0);
  for (;;) {
    let room = inner;
    let wished = 0;
    wishes.forEach((wish, at) => {
      if (fixed.has(at)) room -= least[at] ?? 0;
      else wished += wish;
    });
    const unit = room / Math.max(wished, 1e-9);
    const narrow = wishes.findIndex((wish, at) => !fixed.has(at) && wish * unit < (least[at] ?? 0));
    if (narrow < 0 || needed > inner * 0.8) {
      return wishes.map((wish, at) => (fixed.has(at) ? (least[at] ?? 0) : wish * unit));
    }
    fixed.add(narrow);
  }
}

/** The factor on marks, which is above 1 in a graph of few nodes. */
const magnification = (nNodes: number): number => Math.min(1.6, Math.max(1, Math.sqrt(250 / Math.max(1, nNodes))));

/** `tokenWidths`: the width of each position's written token. A mark's size does not move any mark. */
export function layout(
  nodes: NodesAnswer,
  prominence: Float32Array,
  nPositions: number,
  nLayers: number,
  frame: Frame,
  tokenWidths: readonly number[] = [],
): Layout {
  const { margin } = frame;
  const byColumn = cells(nodes);
  const positions = Math.max(nPositions, ...nodes.position.map((position) => position + 1), 1);

  const wishes = Array.from({ length: positions }, (_, position) => {
    const busiest = Math.max(0, ...Array.from(byColumn.get(position)?.values() ?? [], (cell) => cell.length));
    return 1.5 + Math.sqrt(busiest);
  });
  const inner = Math.max(1, frame.width - margin.left - margin.right);
  const scale = magnification(nodes.id.length);
  let x0 = margin.left;
  const least = wishes.map((_, position) => (tokenWidths[position] ?? 0) + TOKEN_GAP);
  const columns = columnWidths(wishes, least, inner).map((width, position) => {
    const column = { position, x0, x1: x0 + width };
    x0 = column.x1;
    return column;
  });

  const layerY = scaleLinear()
    .domain([-1, Math.max(nLayers, 0)])
    .range([frame.height - margin.bottom, margin.top]);
  const layerStep = Math.abs(layerY(0) - layerY(-1));

  const mark = (node: number): number => radius(nodes.kind[node], prominence[node] ?? 0);
  const x = new Float32Array(nodes.id.length);
  const y = new Float32Array(nodes.id.length);
  const r = new Float32Array(nodes.id.length);
  for (const column of columns) {
    for (const [layer, cell] of byColumn.get(column.position) ?? []) {
      placeCell(cell, column, layerY(layer), layerStep, scale, { x, y });
      const room = spacing(cell, { x, y });
      for (const node of cell) r[node] = Math.max(1.2, Math.min(mark(node) * scale, room * 0.46));
    }
  }
  return { frame, x, y, r, columns, layerY: (layer) => layerY(layer), layerStep };
}

/** The least distance from a cell's first node to the others. */
function spacing(cell: readonly number[], at: { x: Float32Array; y: Float32Array }): number {
  const [first, ...others] = cell;
  if (first === undefined) return Infinity;
  const apart = (node: number): number =>
    Math.hypot((at.x[node] ?? 0) - (at.x[first] ?? 0), (at.y[node] ?? 0) - (at.y[first] ?? 0));
  return Math.min(Infinity, ...others.map(apart));
}

/** One cell's nodes in rows centred on the layer's line. */
function placeCell(
  cell: readonly number[],
  column: Column,
  line: number,
  layerStep: number,
  scale: number,
  at: { x: Float32Array; y: Float32Array },
): void {
  const width = Math.max(1, column.x1 - column.x0 - 2 * CELL_PADDING);
  const capacity = Math.max(1, Math.floor(width / SPACING.least) + 1);
  const mostRows = Math.max(1, Math.floor((layerStep * 0.62) / SPACING.least));
  const rows = Math.min(Math.ceil(cell.length / capacity), mostRows);
  const perRow = Math.ceil(cell.length / rows);
  const step = perRow > 1 ? Math.min(SPACING.most * scale, width / (perRow - 1)) : 0;
  const rowStep = Math.min(SPACING.most * 0.8, rows > 1 ? (layerStep * 0.62) / (rows - 1) : 0);
  const centre = (column.x0 + column.x1) / 2;
  cell.forEach((node, place) => {
    const row = Math.floor(place / perRow);
    const inRow = Math.min(perRow, cell.length - row * perRow);
    at.x[node] = centre + ((place % perRow) - (inRow - 1) / 2) * step;
    at.y[node] = line - ((rows - 1) / 2 - row) * rowStep;
  });
}
