/** Heads in a space of layer, head and figure, and the edges between them: where they are, and how they are drawn. */
import { quantity } from "../../../../shared/format";
import { headName, type Head, type Inside } from "../../inside";
import { headAt, placeOf, ranked, type HeadValues } from "../measures";
import { touches, type HeadEdge } from "./edges";
import { depthOrder, projector, spread, type Place, type Seen, type View } from "./projection";

/** More cannot be told apart, and would not turn smoothly. */
export const MOST_NODES = 1024;

export interface Space {
  readonly nLayers: number;
  readonly nHeads: number;
  /** The heads' places among all, those that are drawn. */
  readonly heads: readonly number[];
  /** Where each of these stands. */
  readonly places: readonly Place[];
  /** z of the figure 0: the ground on which the heads stand. */
  readonly ground: number;
  /** The figure at the upper end; at the lower one its opposite, or 0. */
  readonly most: number;
  readonly isSigned: boolean;
  readonly values: Float32Array;
}

/** The upper end of the figures; the floor of those without sign is not as deep, so that what is written there is in the picture. */
const [HIGH, FLOOR] = [0.75, -0.55];

/** The heads with the largest figures, as many as are drawn; without those whose figure is not known. */
export function space({ values, measure: { isSigned } }: HeadValues, nLayers: number, nHeads: number): Space {
  const heads = ranked(values)
    .filter((place) => Number.isFinite(values[place]))
    .slice(0, MOST_NODES);
  const most = Math.abs(values[heads[0] ?? -1] ?? 0) || 1;
  const ground = isSigned ? 0 : FLOOR;
  const high = HIGH - ground;
  const places = heads.map((place): Place => {
    const { layer, head } = headAt(place, nHeads);
    return [spread(layer, nLayers), spread(head, nHeads), ground + (high * (values[place] ?? 0)) / most];
  });
  return { nLayers, nHeads, heads, places, ground, most, isSigned, values };
}

/** The heads as they are seen, in the order of `space.heads`. */
export const seenFrom = ({ places }: Space, view: View, width: number, height: number): Seen[] => places.map(projector(view, width, height));

/** A head's radius in pixels, before it is made larger by being near. */
const radius = (space: Space, at: number): number => {
  const size = Math.abs(space.values[space.heads[at] ?? -1] ?? 0) / space.most;
  return (space.heads.length > 300 ? 1.8 : 3) + (space.heads.length > 300 ? 3.5 : 5) * Math.sqrt(size);
};

export interface Look {
  readonly selected: Head | null;
  /** The head under the pointer, by its place among those that are drawn. */
  readonly pointed: number | null;
  /** The edge that is looked at in the list. */
  readonly edge: HeadEdge | null;
  readonly notation: Inside["notation"];
  /** What the figure is, with its unit. */
  readonly axis: string;
}

export type Colours = Record<"paper" | "ink" | "mid" | "weak" | "line" | "accent" | "excites" | "inhibits", string>;

export const COLOURS: Readonly<Record<keyof Colours, string>> = {
  paper: "--paper",
  ink: "--ink",
  mid: "--ink-2",
  weak: "--ink-3",
  line: "--line-strong",
  accent: "--accent",
  excites: "--excites",
  inhibits: "--inhibits",
};

const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif';
/** Heads that have their names written. */
const NAMED = 12;

interface Drawn {
  readonly depth: number;
  readonly draw: () => void;
}

export function drawSpace(context: CanvasRenderingContext2D, width: number, height: number, space: Space, edges: readonly HeadEdge[], view: View, look: Look, colours: Colours): void {
  const project = projector(view, width, height);
  const seen = space.places.map(project);
  const at = new Map(space.heads.map((place, number) => [place, number]));
  const sign = (value: number): string => (value < 0 ? colours.inhibits : colours.excites);
  const pointedHead = look.pointed === null ? null : headAt(space.heads[look.pointed] ?? 0, space.nHeads);
  const about = pointedHead ?? look.selected;
  context.clearRect(0, 0, width, height);
  context.font = FONT;
  context.lineCap = "round";

  drawGround(context, space, project, colours);
  drawAxes(context, space, project, view, look.axis, colours);

  const things: Drawn[] = [];
  const strongest = Math.max(0, ...edges.map(({ weight }) => Math.abs(weight)));
  const anyLit = look.edge !== null || edges.some((edge) => touches(edge, about));
  for (const edge of edges) {
    const [from, to] = [at.get(placeOf(edge.source, space.nHeads)), at.get(placeOf(edge.target, space.nHeads))].map((number) => (number === undefined ? undefined : seen[number]));
    if (!from || !to) continue;
    const isLit = look.edge === null ? touches(edge, about) : edge === look.edge;
    const part = strongest > 0 ? Math.abs(edge.weight) / strongest : 0;
    things.push({
      depth: (from.depth + to.depth) / 2,
      draw: () => {
        context.globalAlpha = isLit ? 0.95 : anyLit ? 0.08 : 0.15 + 0.5 * part;
        context.strokeStyle = sign(edge.weight);
        context.lineWidth = 0.6 + 3 * part + (isLit ? 0.6 : 0);
        context.beginPath();
        context.moveTo(from.x, from.y);
        context.lineTo(to.x, to.y);
        context.stroke();
      },
    });
  }
  space.heads.forEach((place, number) => {
    const point = seen[number];
    const [x = 0, y = 0] = space.places[number] ?? [];
    if (!point) return;
    const foot = project([x, y, space.ground]);
    const head = headAt(place, space.nHeads);
    const isSelected = look.selected?.layer === head.layer && look.selected.head === head.head;
    things.push({
      depth: point.depth,
      draw: () => {
        context.globalAlpha = space.heads.length > 300 ? 0.25 : 0.5;
        context.strokeStyle = colours.weak;
        context.lineWidth = 1;
        context.beginPath();
        context.moveTo(foot.x, foot.y);
        context.lineTo(point.x, point.y);
        context.stroke();
        context.globalAlpha = 1;
        context.fillStyle = space.isSigned ? sign(space.values[place] ?? 0) : colours.mid;
        context.strokeStyle = isSelected ? colours.accent : number === look.pointed ? colours.ink : colours.paper;
        context.lineWidth = isSelected || number === look.pointed ? 2.5 : 1;
        context.beginPath();
        context.arc(point.x, point.y, radius(space, number) * point.size + (isSelected ? 1.5 : 0), 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      },
    });
  });
  for (const thing of depthOrder(things)) things[thing]?.draw();
  context.globalAlpha = 1;
  drawNames(context, space, seen, look, colours);
}

function line(context: CanvasRenderingContext2D, from: Seen, to: Seen): void {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

/** The layers and heads as lines of the ground. */
function drawGround(context: CanvasRenderingContext2D, { nLayers, nHeads, ground }: Space, project: (place: Place) => Seen, colours: Colours): void {
  context.globalAlpha = 1;
  context.lineWidth = 1;
  context.strokeStyle = colours.line;
  for (let layer = 0; layer < nLayers; layer++) {
    const x = spread(layer, nLayers);
    line(context, project([x, -1, ground]), project([x, 1, ground]));
  }
  for (let head = 0; head < nHeads; head++) {
    const y = spread(head, nHeads);
    line(context, project([-1, y, ground]), project([1, y, ground]));
  }
}

/** The names of the axes and of some of their values, along the edges of the ground that are nearest to the reader. */
function drawAxes(context: CanvasRenderingContext2D, space: Space, project: (place: Place) => Seen, view: View, name: string, colours: Colours): void {
  const { nLayers, nHeads, ground, most, isSigned } = space;
  const [cos, sin] = [Math.cos(view.yaw), Math.sin(view.yaw)];
  // Below the ground the edges that are nearer are behind the reader's back, so those of the other side are named.
  const below = view.pitch < 0 ? -1 : 1;
  const [nearY, nearX] = [(cos >= 0 ? -1 : 1) * below, (sin >= 0 ? -1 : 1) * below];
  const write = (text: string, place: Place, colour: string, align: CanvasTextAlign = "center") => {
    const { x, y } = project(place);
    context.textAlign = align;
    context.textBaseline = "middle";
    context.fillStyle = colour;
    context.fillText(text, x, y);
  };
  const some = (count: number): number[] => {
    const step = Math.max(1, Math.ceil(count / 8));
    return Array.from({ length: Math.ceil(count / step) }, (_, at) => at * step);
  };
  for (const layer of some(nLayers)) write(`L${layer}`, [spread(layer, nLayers), nearY * 1.12, ground], colours.mid);
  for (const head of some(nHeads)) write(`H${head}`, [nearX * 1.12, spread(head, nHeads), ground], colours.mid);
  write("layer", [0, nearY * 1.32, ground], colours.ink);
  write("head", [nearX * 1.32, 0, ground], colours.ink);

  // The upright axis stands at the corner that is farthest left.
  const corners: [number, number][] = [[-1, -1], [-1, 1], [1, -1], [1, 1]];
  const [x, y] = corners.reduce((best, corner) => (project([...corner, 0]).x < project([...best, 0]).x ? corner : best));
  context.strokeStyle = colours.weak;
  line(context, project([x, y, isSigned ? -HIGH : ground]), project([x, y, HIGH]));
  const ticks: [number, number][] = isSigned ? [[-HIGH, -most], [0, 0], [HIGH, most]] : [[ground, 0], [HIGH, most]];
  for (const [z, value] of ticks) {
    const { x: left, y: height } = project([x, y, z]);
    const text = quantity(value);
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillStyle = colours.mid;
    context.fillText(text, Math.max(left - 5, context.measureText(text).width + 2), height);
  }
  const { x: left, y: high } = project([x, y, HIGH]);
  context.textAlign = "left";
  context.fillStyle = colours.ink;
  context.fillText(name, Math.max(4, left - 20), high - 16);
}

/** The names of the largest, and of what is selected or pointed at, where they hide no other name. */
function drawNames(context: CanvasRenderingContext2D, space: Space, seen: readonly Seen[], look: Look, colours: Colours): void {
  const chosen = look.selected === null ? -1 : space.heads.indexOf(placeOf(look.selected, space.nHeads));
  const first = [look.pointed ?? -1, chosen].filter((number) => number >= 0);
  const order = [...new Set([...first, ...Array.from({ length: Math.min(NAMED, space.heads.length) }, (_, at) => at)])];
  const taken: { left: number; right: number; y: number }[] = [];
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.lineJoin = "round";
  for (const number of order) {
    const point = seen[number];
    if (!point) continue;
    const text = headName(headAt(space.heads[number] ?? 0, space.nHeads), look.notation);
    const left = point.x + radius(space, number) * point.size + 4;
    const right = left + context.measureText(text).width;
    if (!first.includes(number) && taken.some((other) => left < other.right && other.left < right && Math.abs(other.y - point.y) < 12)) continue;
    taken.push({ left, right, y: point.y });
    context.strokeStyle = colours.paper;
    context.strokeText(text, left, point.y);
    context.fillStyle = number === chosen ? colours.accent : colours.ink;
    context.fillText(text, left, point.y);
  }
}
