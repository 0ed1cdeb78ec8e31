/** The nodes that get names, the words of the names, and their drawing where labelPlacement.ts finds room. */
import { percent } from "../../../shared/format";
import type { Picked } from "../../model/lit";
import { linksOf, logitsOf, nodeName, strongest, type GraphModel } from "../../model/model";
import { LABEL_FONT, TOKEN_FONT } from "../fonts";
import { placeLabels, type Bounds, type Candidate, type Mark } from "./labelPlacement";
import type { Spot } from "../marks";
import type { Palette } from "../palette";

/** Neighbours of a selected node that are named, in each direction. */
const MOST_NEIGHBOURS = 6;
/** How often one name is written, however many nodes have it. */
const MOST_REPEATS = { lit: 9, unlit: 4 };
const MOST_LABELS = { lit: 40, unlit: 26 };
/** From this zoom on there is room for more names than a selection's. */
const ROOMY = 2;

interface Named extends Candidate {
  name: string;
  text: string;
  font: string;
}

/** The nodes of a selection, the selected one in front. */
export function chosenNodes({ lit, node }: Picked): number[] {
  return node === null ? lit.nodes : [node, ...lit.nodes.filter((each) => each !== node)];
}

/** The nodes with the strongest links to a node. */
function neighbours(model: GraphModel, node: number): number[] {
  const { incoming, outgoing, edges, nodes } = model;
  const from = strongest(model, linksOf(incoming, node), MOST_NEIGHBOURS).map((edge) => edges.source[edge] ?? 0);
  const to = strongest(model, linksOf(outgoing, node), MOST_NEIGHBOURS).map((edge) => edges.target[edge] ?? 0);
  return [...from, ...to].filter((each) => nodes.kind[each] !== "embedding");
}

/**
 * The nodes to name, in order: the selection, the prediction, the selected node's neighbours; then, without a
 * selection or with much room, labelled features in the order of `byStrength`.
 */
export function namedNodes(model: GraphModel, picked: Picked, byStrength: readonly number[], zoom: number): number[] {
  const { nodes } = model;
  const chosen = chosenNodes(picked).filter((node) => nodes.kind[node] !== "embedding"); // the axis names embeddings
  const near = picked.node === null ? [] : neighbours(model, picked.node);
  const others =
    chosen.length === 0 || zoom > ROOMY
      ? byStrength.filter((node) => nodes.kind[node] === "feature" && nodes.label[node])
      : [];
  return [...new Set([...chosen, ...logitsOf(model).slice(0, 1), ...near, ...others])];
}

function wording(model: GraphModel, node: number, lit: boolean): { name: string; text: string; font: string } {
  const { nodes } = model;
  const { text: name, isToken } = nodeName(model, node);
  const font = isToken ? TOKEN_FONT.strong : lit ? LABEL_FONT.strong : LABEL_FONT.plain;
  if (nodes.kind[node] === "logit") return { name, text: `${name} ${percent(nodes.probability[node], 0)}`, font };
  return { name, text: lit && nodes.label[node] ? `${name} L${nodes.layer[node] ?? 0}` : name, font };
}

export function drawNames(
  context: CanvasRenderingContext2D,
  model: GraphModel,
  picked: Picked,
  byStrength: readonly number[],
  zoom: number,
  spot: (node: number) => Spot | null,
  bounds: Bounds,
  palette: Palette,
): void {
  const chosen = new Set(chosenNodes(picked));
  const timesNamed = new Map<string, number>();
  const candidates: Named[] = [];
  for (const node of namedNodes(model, picked, byStrength, zoom)) {
    const at = spot(node);
    if (!at) continue;
    const lit = chosen.has(node);
    const words = wording(model, node, lit);
    const times = timesNamed.get(words.name) ?? 0;
    timesNamed.set(words.name, times + 1);
    if (times >= (lit ? MOST_REPEATS.lit : MOST_REPEATS.unlit)) continue;
    context.font = words.font;
    candidates.push({ ...at, ...words, width: context.measureText(words.text).width + 6, height: 16, lit });
  }
  const marks = model.nodes.id.flatMap((_, node): Mark[] => {
    const at = spot(node);
    return at ? [{ ...at, lit: chosen.has(node) }] : [];
  });
  const limit = chosen.size > 0 ? MOST_LABELS.lit : MOST_LABELS.unlit;
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const { candidate, left, top } of placeLabels(candidates, marks, bounds, limit)) {
    context.font = candidate.font;
    context.fillStyle = palette.paper;
    context.globalAlpha = candidate.lit ? 0.9 : 0.72;
    context.fillRect(left, top + 1, candidate.width, candidate.height - 2);
    context.globalAlpha = 1;
    context.fillStyle = candidate.lit ? palette.accent : palette.ink;
    context.fillText(candidate.text, left + 3, top + candidate.height / 2 + 0.5);
  }
}
