/**
 * The places of nodes: token positions across, layers up.
 *
 * 1. A column is as wide as the square root of its busiest layer, so the last token's crowd has room, and never
 *    narrower than its nodes and its token need: the drawing may be wider than its frame, which then shows a part.
 * 2. Layers are a true scale, embeddings (-1) at the bottom, logits (n_layers) at the top, in lines of their own.
 * 3. Nodes of one cell (position, layer) stand side by side, strongest first, in several rows if one is too short.
 * 4. Nodes that are not drawn take no room. Those of a selection stand among the drawn ones of their cells, so that no
 *    other cell moves; the rest have places, too, as if all of their cells were drawn, where the pointer in a list shows them.
 *
 * Pure: the same graph and size give the same places. All lengths are CSS pixels.
 */
import { scaleLinear } from "d3-scale";
import type { Kind, NodesAnswer } from "../../../api/types";
import { cellsOf, leastWidth, placeCell, spacingOf } from "./cells";
import { columnsOf, columnWidths, type Column } from "./columns";
import { logitGrid, mostRadius, placeLogits } from "./logits";

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

export interface Layout {
  frame: Frame;
  /** The width of the whole drawing, at least the frame's. */
  width: number;
  x: Float32Array;
  y: Float32Array;
  /** Radius of each mark. */
  r: Float32Array;
  columns: Column[];
  layerY: (layer: number) => number;
  /** Pixels between two layers. */
  layerStep: number;
  /** Pixels from the logits' first line to their last, which is at `layerY(n_layers)`. */
  logitsHeight: number;
}

/** Tokens above which an embedding's mark is small: it is one of many, and the axis names it. */
const MANY_TOKENS = 32;

/** Radius of a node's mark; prominence.ts says what `prominence` is. */
function radius(kind: Kind | undefined, prominence: number, nPositions: number): number {
  if (kind === "embedding" && nPositions > MANY_TOKENS) return 1.8 + 2.6 * prominence;
  const least = kind === "embedding" ? 3 : kind === "logit" ? 3.2 : kind === "error" ? 2.2 : 1.8;
  return least + 2.8 * prominence;
}

/** The factor on marks, which is above 1 in a graph of few nodes. */
const magnification = (nNodes: number): number => Math.min(1.6, Math.max(1, Math.sqrt(250 / Math.max(1, nNodes))));

const busiestOf = (cells: ReadonlyMap<number, readonly number[]> | undefined): number =>
  Math.max(0, ...Array.from(cells?.values() ?? [], (cell) => cell.length));

const positionsOf = (nodes: NodesAnswer, nPositions: number): number =>
  nodes.position.reduce((most, position) => Math.max(most, position + 1), Math.max(nPositions, 1));

/** What each position's nodes need of a drawing of this height: room for the names of logits, and room for crowds. */
export function nodeWidths(
  nodes: NodesAnswer,
  nPositions: number,
  nLayers: number,
  innerHeight: number,
  shows?: Uint8Array,
): { names: number[]; crowds: number[] } {
  const cells = cellsOf(nodes, shows);
  const columns = Array.from({ length: positionsOf(nodes, nPositions) }, (_, position) => {
    const column = new Map(cells.get(position));
    const grid = logitGrid(column.get(nLayers)?.length ?? 0, innerHeight);
    column.delete(nLayers);
    const layerStep = (innerHeight - grid.height) / (nLayers + 1);
    return { names: grid.leastWidth, crowd: leastWidth(busiestOf(column), layerStep) };
  });
  return { names: columns.map(({ names }) => names), crowds: columns.map(({ crowd }) => crowd) };
}

/**
 * `least`: the least width of each position's column; `shows`: for each node 1 where it is drawn, all of them unless given;
 * `others`: nodes that are drawn, too, for which no column is widened. A mark's size does not move any mark.
 */
export function layout(
  nodes: NodesAnswer,
  prominence: Float32Array,
  nPositions: number,
  nLayers: number,
  frame: Frame,
  least: readonly number[] = [],
  shows?: Uint8Array,
  others: readonly number[] = [],
): Layout {
  const { margin } = frame;
  const cells = cellsOf(nodes, shows);
  const positions = positionsOf(nodes, nPositions);
  const innerHeight = frame.height - margin.top - margin.bottom;
  const logitCells = Array.from(cells.values(), (column) => column.get(nLayers)?.length ?? 0);
  const grid = logitGrid(Math.max(0, ...logitCells), innerHeight);

  const wishes = Array.from({ length: positions }, (_, position) => 1.5 + Math.sqrt(busiestOf(cells.get(position))));
  const inner = Math.max(1, frame.width - margin.left - margin.right);
  const widths = columnWidths(wishes, least, inner);
  const columns = columnsOf(widths, margin.left);

  const layerY = scaleLinear()
    .domain([-1, Math.max(nLayers, 0)])
    .range([frame.height - margin.bottom, margin.top + grid.height]);
  const layerStep = Math.abs(layerY(0) - layerY(-1));

  // Where attention has lines of its own, between those of layers, each has half the room.
  const band = nodes.site.some((site) => site !== null) ? layerStep / 2 : layerStep;
  const scale = magnification(shows ? shows.reduce((sum, each) => sum + each, 0) : nodes.id.length);
  const x = new Float32Array(nodes.id.length);
  const y = new Float32Array(nodes.id.length);
  const r = new Float32Array(nodes.id.length);
  const put = (column: Column, layer: number, cell: readonly number[]) => {
    if (layer === nLayers) placeLogits(cell, grid, column, layerY(layer), { x, y });
    else placeCell(cell, column, layerY(layer), band, scale, { x, y });
    const room = spacingOf(cell, { x, y }) * 0.46;
    const most = layer === nLayers ? mostRadius(grid) : Math.min(room, (column.x1 - column.x0) * 0.42);
    for (const node of cell) {
      r[node] = Math.max(1.2, Math.min(radius(nodes.kind[node], prominence[node] ?? 0, positions) * scale, most));
    }
  };
  const place = (all: typeof cells) => {
    for (const column of columns) for (const [layer, cell] of all.get(column.position) ?? []) put(column, layer, cell);
  };
  // What is drawn has the last word.
  if (shows?.includes(0)) place(cellsOf(nodes));
  place(cells);
  if (shows && others.length > 0) {
    const drawn = shows.slice();
    for (const node of others) drawn[node] = 1;
    place(cellsOf(nodes, drawn));
  }
  const width = Math.max(frame.width, (columns.at(-1)?.x1 ?? 0) + margin.right);
  return { frame, width, x, y, r, columns, layerY: (layer) => layerY(layer), layerStep, logitsHeight: grid.height };
}
