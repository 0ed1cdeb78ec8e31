/** The links of the selection, a ranked row's or a node's, and of what the pointer is over, in the colours of their signs. */
import type { Lit } from "../../model/lit";
import { linksOf, type GraphModel } from "../../model/model";
import type { Palette } from "../palette";
import type { Surface } from "../vector/surface";
import { strengthOf } from "./tints";

/** The most links that are dashed, the strongest first: dashes cost time and do not show among hundreds of links. */
const MOST_DASHED = 120;
/** The same for the node under the pointer, of which the strongest links are drawn: within a frame, wherever it moves. */
const HOVERED = { links: 80, dashed: 16 };

interface Point {
  x: number;
  y: number;
}

/** A node's place in CSS pixels, in view or not. */
export type PointOf = (node: number) => Point;

/** Whether a node is drawn; the links of a node lead to drawn ones only. */
export type IsDrawn = (node: number) => boolean;

function strokeCurve(context: Surface, model: GraphModel, edge: number, pointOf: PointOf): void {
  const from = pointOf(model.edges.source[edge] ?? 0);
  const to = pointOf(model.edges.target[edge] ?? 0);
  const middle = (from.y + to.y) / 2;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.bezierCurveTo(from.x, middle, to.x, middle, to.x, to.y);
  context.stroke();
}

/**
 * Draws each link as a stroke of its own: one long path of many crossing curves takes ten times as long. `links` are
 * those of the selected node.
 */
export function drawSelection(
  context: Surface,
  model: GraphModel,
  links: readonly number[],
  lit: Lit,
  pointOf: PointOf,
  palette: Palette,
): void {
  context.lineCap = "round";
  drawNodeLinks(context, model, links, MOST_DASHED, pointOf, palette);
  drawLitLinks(context, model, lit.edges, pointOf, palette);
  context.globalAlpha = 1;
}

/** The links of the node under the pointer that are drawn. */
export const hoveredLinks = (model: GraphModel, node: number, isDrawn: IsDrawn): number[] =>
  nodeLinks(model, node, isDrawn).slice(-HOVERED.links);

/** Draws the links of the node under the pointer. */
export function drawHovered(context: Surface, model: GraphModel, links: readonly number[], pointOf: PointOf, palette: Palette): void {
  context.lineCap = "round";
  drawNodeLinks(context, model, links, HOVERED.dashed, pointOf, palette);
  context.globalAlpha = 1;
}

/** Draws the links of what the pointer is over in a list. */
export function drawPreviewed(context: Surface, model: GraphModel, links: readonly number[], pointOf: PointOf, palette: Palette): void {
  context.lineCap = "round";
  drawLitLinks(context, model, links, pointOf, palette);
  context.globalAlpha = 1;
}

/** A link in the colour of its sign, dashed if it inhibits, unless it is not `dashable`. */
function drawLink(
  context: Surface,
  model: GraphModel,
  edge: number,
  pointOf: PointOf,
  palette: Palette,
  dashable = true,
): void {
  const inhibits = (model.edges.weight[edge] ?? 0) < 0;
  context.strokeStyle = inhibits ? palette.inhibits : palette.excites;
  context.setLineDash(inhibits && dashable ? [5, 3.5] : []);
  strokeCurve(context, model, edge, pointOf);
}

/** A row's links, inhibiting ones dashed. Widths compare them with the row's strongest link; the weakest stays visible. */
function drawLitLinks(
  context: Surface,
  model: GraphModel,
  links: readonly number[],
  pointOf: PointOf,
  palette: Palette,
): void {
  const { share } = model.edges;
  const most = links.reduce((max, edge) => Math.max(max, share[edge] ?? 0), 1e-9);
  for (const edge of links) {
    const strength = Math.sqrt((share[edge] ?? 0) / most);
    context.globalAlpha = 0.55 + 0.45 * strength;
    context.lineWidth = 1.1 + 2.2 * strength;
    drawLink(context, model, edge, pointOf, palette);
  }
  context.setLineDash([]);
}

/** A node's links in both directions to drawn nodes, the strongest last. */
export function nodeLinks({ edges, incoming, outgoing }: GraphModel, node: number, isDrawn: IsDrawn): number[] {
  const share = (edge: number): number => edges.share[edge] ?? 0;
  const from = linksOf(incoming, node).filter((edge) => isDrawn(edges.source[edge] ?? 0));
  const to = linksOf(outgoing, node).filter((edge) => isDrawn(edges.target[edge] ?? 0));
  return [...from, ...to].sort((a, b) => share(a) - share(b));
}

/** A node's links: inhibiting ones dashed, widths by share, the strongest on top. */
function drawNodeLinks(
  context: Surface,
  model: GraphModel,
  links: readonly number[],
  mostDashed: number,
  pointOf: PointOf,
  palette: Palette,
): void {
  const firstDashed = links.length - mostDashed;
  links.forEach((edge, at) => {
    const strength = strengthOf(model.edges.share[edge] ?? 0);
    context.globalAlpha = 0.3 + 0.6 * strength;
    context.lineWidth = 0.8 + 1.8 * strength;
    drawLink(context, model, edge, pointOf, palette, at >= firstDashed);
  });
  context.setLineDash([]);
}
