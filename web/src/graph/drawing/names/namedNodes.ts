/** The nodes that get names, the words of the names, and their drawing where labelPlacement.ts finds room. */
import { percent } from "../../../shared/format";
import { chosenNodes, onlyPicked, type Picked } from "../../model/lit";
import { linksOf, logitsOf, nodeName, strongest, type GraphModel } from "../../model/model";
import { INFERRED_FONT, LABEL_FONT, TOKEN_FONT } from "./fonts";
import { movedTo, placeLabels, type Bounds, type Candidate, type Mark, type Placed } from "./labelPlacement";
import type { Spot } from "../marks";
import type { Palette } from "../palette";
import type { Surface } from "../vector/surface";

/** Neighbours of a selected node that are named, in each direction. */
const MOST_NEIGHBOURS = 6;
/** How often one name is written, however many nodes have it. */
const MOST_REPEATS = { lit: 9, unlit: 4 };
const MOST_LABELS = { lit: 40, unlit: 26 };
/** Names for which a place is looked for at most: where there is none for so many, there is none for weaker ones. */
const MOST_TRIED = 400;
/** From this zoom on there is room for more names than a selection's. */
const ROOMY = 2;
/** Characters of a logit's token and of a label that are written. */
const LONGEST = { token: 12, label: 32 };
/** A logit's name is as high as the lines of logits are apart. */
const HEIGHT = { logit: 14, other: 16 };

/** What decides on names, besides the graph. */
export interface Subject {
  picked: Picked;
  /** The logit that the question asks for. */
  target: number;
  /** The drawn nodes, those first that matter most to the target. */
  byStrength: readonly number[];
  /** Whether a node is drawn. */
  isDrawn: (node: number) => boolean;
}

/** A name as it was drawn: its words and its box. */
export interface DrawnName {
  node: number;
  text: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Named extends Candidate {
  node: number;
  name: string;
  text: string;
  font: string;
  colour: string;
}

/** A name and its place. */
export type PlacedName = Placed<Named>;

/** The nodes with the strongest links to a node. */
function neighbours(model: GraphModel, node: number): number[] {
  const { incoming, outgoing, edges, nodes } = model;
  const from = strongest(model, linksOf(incoming, node), MOST_NEIGHBOURS).map((edge) => edges.source[edge] ?? 0);
  const to = strongest(model, linksOf(outgoing, node), MOST_NEIGHBOURS).map((edge) => edges.target[edge] ?? 0);
  return [...from, ...to].filter((each) => nodes.kind[each] !== "embedding");
}

/**
 * The nodes to name, in order: the target, the selection, the other logits, the selected node's neighbours; then,
 * without a selection or with much room, labelled features in the order of `byStrength`.
 */
export function namedNodes(model: GraphModel, { picked, target, byStrength, isDrawn }: Subject, zoom: number): number[] {
  const { nodes } = model;
  const chosen = chosenNodes(picked).filter((node) => nodes.kind[node] !== "embedding"); // the axis names embeddings
  const only = onlyPicked(picked);
  const near = only === null ? [] : neighbours(model, only).filter(isDrawn);
  const others =
    chosen.length === 0 || zoom > ROOMY
      ? byStrength.filter((node) => nodes.kind[node] === "feature" && nodes.label[node])
      : [];
  return [...new Set([target, ...chosen, ...logitsOf(model), ...near, ...others])];
}

const shortened = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text;

function wording(model: GraphModel, node: number, stands: boolean): { name: string; text: string; font: string } {
  const { nodes } = model;
  const { text: name, isToken, isInferred } = nodeName(model, node);
  const fonts = isToken ? TOKEN_FONT : isInferred ? INFERRED_FONT : LABEL_FONT;
  const font = stands ? fonts.strong : fonts.plain;
  if (nodes.kind[node] !== "logit") {
    const text = shortened(name, LONGEST.label);
    return { name, text: stands && nodes.label[node] ? `${text} L${nodes.layer[node] ?? 0}` : text, font };
  }
  const probability = nodes.probability[node] ?? null;
  const digits = probability !== null && probability > 0 && probability < 0.095 ? 1 : 0;
  return { name: `${name} ${node}`, text: `${shortened(name, LONGEST.token)} ${percent(probability, digits)}`, font };
}

/** The names that find room. */
export function placedNames(
  context: Surface,
  model: GraphModel,
  subject: Subject,
  zoom: number,
  seen: (node: number) => Spot | null,
  bounds: Bounds,
  palette: Palette,
): PlacedName[] {
  const { picked, target } = subject;
  const chosen = new Set(chosenNodes(picked));
  const selected = new Set(picked.nodes);
  const timesNamed = new Map<string, number>();
  const candidates: Named[] = [];
  let nLogits = 0;
  // The axis does not name an embedding beyond the frame.
  const beyond = [...chosen].filter((node) => model.nodes.kind[node] === "embedding" && seen(node)?.beyond);
  for (const node of [...beyond, ...namedNodes(model, subject, zoom)]) {
    if (candidates.length === MOST_TRIED) break;
    const at = seen(node);
    if (!at) continue;
    const lit = chosen.has(node);
    const isLogit = model.nodes.kind[node] === "logit";
    if (isLogit) nLogits++;
    const words = wording(model, node, lit || node === target);
    const times = timesNamed.get(words.name) ?? 0;
    timesNamed.set(words.name, times + 1);
    if (times >= (lit ? MOST_REPEATS.lit : MOST_REPEATS.unlit)) continue;
    context.font = words.font;
    candidates.push({
      ...at,
      ...words,
      node,
      // The target's frame and an arrow at the edge are part of its mark.
      r: at.beyond ? at.r + 8 : node === target ? at.r + 3 : at.r,
      width: context.measureText(words.text).width + 6,
      height: isLogit ? HEIGHT.logit : HEIGHT.other,
      lit: lit || node === target,
      // Above or below, it would stand in another logit's line.
      beside: isLogit,
      colour: selected.has(node) ? palette.accent : palette.ink,
    });
  }
  const marks = model.nodes.id.flatMap((_, node): Mark[] => {
    const at = subject.isDrawn(node) ? seen(node) : null;
    return at ? [{ x: at.x, y: at.y, r: at.r, lit: chosen.has(node) || node === target }] : [];
  });
  const limit = nLogits + (chosen.size > 0 ? MOST_LABELS.lit : MOST_LABELS.unlit);
  return placeLabels(candidates, marks, bounds, limit);
}

/** Names that were placed, beside their marks, which have moved since. */
export function movedNames(placed: readonly PlacedName[], seen: (node: number) => Spot | null, bounds: Bounds): PlacedName[] {
  return placed.flatMap((name) => {
    const at = seen(name.candidate.node);
    if (!at) return [];
    const moved = movedTo(name, at);
    const { left, top, candidate } = moved;
    const isInside = left >= bounds.left && left + candidate.width <= bounds.right && top >= bounds.top && top + candidate.height <= bounds.bottom;
    return isInside ? [moved] : [];
  });
}

/** Draws names, and says where. */
export function drawNames(context: Surface, placed: readonly PlacedName[], palette: Palette): DrawnName[] {
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.strokeStyle = palette.mid;
  context.lineWidth = 1;
  context.beginPath();
  for (const { leader } of placed) {
    if (!leader) continue;
    context.moveTo(leader.from.x, leader.from.y);
    context.lineTo(leader.to.x, leader.to.y);
  }
  context.stroke();
  return placed.map(({ candidate, left, top }) => {
    const { node, text, width, height } = candidate;
    context.font = candidate.font;
    context.fillStyle = palette.paper;
    context.globalAlpha = candidate.lit ? 0.9 : 0.72;
    context.fillRect(left, top + 1, width, height - 2);
    context.globalAlpha = 1;
    context.fillStyle = candidate.colour;
    context.fillText(text, left + 3, top + height / 2 + 0.5);
    return { node, text, left, top, width, height };
  });
}
