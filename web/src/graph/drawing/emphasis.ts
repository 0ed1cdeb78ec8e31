/** What stands out: the selection, and what the pointer is over, with their links and the neighbours that these lead to. */
import { onlyPicked, type Lit, type Picked } from "../model/lit";
import type { GraphModel } from "../model/model";
import { drawHovered, drawPreviewed, hoveredLinks, type IsDrawn, type PointOf } from "./links/selection";
import { tinted } from "./links/tints";
import { drawLitMarks, drawRing, drawTarget, type DrawMarks, type Spot } from "./marks";
import type { Palette } from "./palette";
import type { Surface } from "./vector/surface";

/** The least radius of a neighbour's mark, of which the colour is to be seen. */
const NEIGHBOUR = 4;

/** What is drawn on, and where its nodes are. */
export interface Stage {
  model: GraphModel;
  palette: Palette;
  /** Draws marks on what is drawn on. */
  marks: DrawMarks;
  isDrawn: IsDrawn;
  /** A node's place, or null where it is out of view. */
  spot: (node: number) => Spot | null;
  /** The same, at the frame's edge where it is out of view. */
  edgeSpot: (node: number) => Spot;
  /** Where a link meets a node. */
  endOf: PointOf;
}

/** Draws the marks of the selection and of the question's target. `links`: those of the selected node. */
export function drawPicked(context: Surface, stage: Stage, picked: Picked, target: number, links: readonly number[]): void {
  const { model, palette, edgeSpot } = stage;
  const { lit, nodes } = picked;
  const kinds = model.nodes.kind;
  const only = onlyPicked(picked);
  if (only !== null) drawNeighbours(stage, only, links, []);
  drawLitMarks(context, [target, ...lit.nodes], kinds, edgeSpot, palette, palette.ink);
  drawTarget(context, edgeSpot(target), palette);
  if (nodes.length > 0) drawLitMarks(context, nodes, kinds, edgeSpot, palette, palette.accent);
  if (only !== null) drawRing(context, edgeSpot(only), palette.accent);
}

/** Draws the other ends of a node's links, in their colours, but for those that keep their own. */
function drawNeighbours({ model, marks, spot }: Stage, node: number, links: readonly number[], kept: readonly number[]): void {
  const grown = (other: number): Spot | null => {
    const at = kept.includes(other) ? null : spot(other);
    // In whole pixels: few marks are drawn anew while the pointer sweeps over many nodes.
    return at && { ...at, r: Math.max(NEIGHBOUR, Math.round(at.r)) };
  };
  marks(tinted(model, node, links), grown);
}

/**
 * Draws what the pointer is over: a node with its links and neighbours, or the nodes and links that a list names. The
 * selected node's are drawn as they are.
 */
export function drawOver(context: Surface, stage: Stage, over: Lit, picked: Picked): void {
  const { model, palette, edgeSpot, endOf, isDrawn } = stage;
  const [node, ...others] = over.nodes;
  const only = others.length === 0 ? node : undefined;
  if (only !== undefined && over.edges.length === 0) {
    if (only === onlyPicked(picked)) return;
    const links = hoveredLinks(model, only, isDrawn);
    drawHovered(context, model, links, endOf, palette);
    drawNeighbours(stage, only, links, picked.nodes);
  } else {
    drawPreviewed(context, model, over.edges, edgeSpot, palette);
  }
  drawLitMarks(context, over.nodes, model.nodes.kind, edgeSpot, palette, palette.ink);
  if (only !== undefined) drawRing(context, edgeSpot(only), palette.mid);
}
