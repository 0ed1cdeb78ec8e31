/** The shapes of nodes: disc feature, triangle embedding, diamond error, square logit. */
import type { Kind, NodesAnswer } from "../../api/types";
import { STEPS, type Sign, type Tint } from "./links/tints";
import { mixed, type Palette } from "./palette";
import type { Side } from "./place/viewport";
import type { Surface } from "./vector/surface";

type Pen = Pick<Path2D, "moveTo" | "lineTo" | "arc" | "rect" | "closePath">;

/** Adds the mark of a kind of node to a path. Marks with equal `r` have about equal areas. */
export function addMark(pen: Pen, kind: Kind, x: number, y: number, r: number): void {
  switch (kind) {
    case "embedding": {
      const half = r * 1.15;
      pen.moveTo(x, y - r * 1.1);
      pen.lineTo(x + half, y + r * 0.9);
      pen.lineTo(x - half, y + r * 0.9);
      pen.closePath();
      break;
    }
    case "error": {
      const half = r * 1.25;
      pen.moveTo(x, y - half);
      pen.lineTo(x + half, y);
      pen.lineTo(x, y + half);
      pen.lineTo(x - half, y);
      pen.closePath();
      break;
    }
    case "logit":
      pen.rect(x - r * 0.92, y - r * 0.92, r * 1.84, r * 1.84);
      break;
    case "feature":
      pen.moveTo(x + r, y);
      pen.arc(x, y, r, 0, 2 * Math.PI);
  }
}

/** A node's place on the screen and its radius, in CSS pixels. */
export interface Spot {
  x: number;
  y: number;
  r: number;
  /** Where the mark stands at the frame's edge for a node beyond it: on which side; null where it does not. */
  beyond: Side | null;
}

export type Tone = "ink" | "mid" | "weak" | "hollow";

function tone(kind: Kind | undefined, prominence: number): Tone {
  if (kind === "error") return "hollow";
  if (kind === "embedding") return prominence > 0.3 ? "mid" : "weak";
  if (kind === "logit") return "ink";
  return prominence > 0.4 ? "ink" : prominence > 0.22 ? "mid" : "weak";
}

/** The nodes of `drawn` of each tone, weakest tone first. The view does not change them. */
export function tones(nodes: NodesAnswer, drawn: readonly number[], prominence: Float32Array): [Tone, number[]][] {
  const groups: [Tone, number[]][] = [
    ["weak", []],
    ["hollow", []],
    ["mid", []],
    ["ink", []],
  ];
  const byTone = new Map(groups);
  drawn.forEach((node) => byTone.get(tone(nodes.kind[node], prominence[node] ?? 0))?.push(node));
  return groups;
}

/** How a mark is filled: by its prominence, or by the link to a node that stands out. */
type Shade = Tone | Tint;

/** The colours of a mark's inside and, where it has one, of its edge. */
function coloursOf(shade: Shade, palette: Palette): { inside: string; edge: string | null } {
  if (shade === "hollow") return { inside: palette.paper, edge: palette.mid };
  if (shade === "ink" || shade === "mid" || shade === "weak") return { inside: palette[shade], edge: null };
  const [sign, step] = shade.split(" ") as [Sign, string];
  return { inside: mixed(palette.paper, palette[sign], Number(step) / STEPS), edge: palette[sign] };
}

/** A mark drawn once and copied for each node: a canvas copies thousands in the time in which it fills hundreds. */
type Stamp = HTMLCanvasElement;

/** The marks of one theme at one pixel ratio, drawn when first needed. */
export class Stamps {
  private readonly made = new Map<string, Stamp>();

  constructor(
    readonly palette: Palette,
    readonly ratio: number,
  ) {}

  /**
   * A mark with a ring in the colour of the paper, so that it stands clear of the links. Copying to whole pixels is
   * fast, so the mark's centre is off the stamp's by (dx, dy) device pixels, each 0 or 0.5.
   */
  of(kind: Kind, shade: Shade, radius: number, dx: number, dy: number): Stamp {
    const r = Math.round(radius * 4) / 4;
    const key = `${kind} ${shade} ${r} ${dx} ${dy}`;
    const known = this.made.get(key);
    if (known) return known;
    const size = 2 * Math.ceil(r * 1.25 + 3);
    const image = document.createElement("canvas");
    image.width = image.height = 2 * Math.ceil((size * this.ratio) / 2);
    const context = image.getContext("2d");
    this.made.set(key, image);
    if (!context) return image;
    context.scale(this.ratio, this.ratio);
    const middle = image.width / 2;
    drawMark(context, kind, shade, (middle + dx) / this.ratio, (middle + dy) / this.ratio, r, this.palette);
    return image;
  }
}

/** Draws a mark, with a ring in the colour of the paper. */
export function drawMark(context: Surface, kind: Kind, shade: Shade, x: number, y: number, r: number, palette: Palette): void {
  const { inside, edge } = coloursOf(shade, palette);
  context.beginPath();
  addMark(context, kind, x, y, r);
  context.lineJoin = "round";
  context.strokeStyle = palette.paper;
  context.lineWidth = edge === null ? 1.6 : 3.2;
  context.stroke();
  context.fillStyle = inside;
  context.fill();
  if (edge === null) return;
  context.strokeStyle = edge;
  context.lineWidth = 1;
  context.stroke();
}

/** Draws nodes, each group in its shade. */
export type DrawMarks = (groups: readonly [Shade, readonly number[]][], spot: (node: number) => Spot | null) => void;

/** Marks on a canvas, from stamps. */
export const stampsOn =
  (context: CanvasRenderingContext2D, kinds: readonly Kind[], stamps: Stamps): DrawMarks =>
  (groups, spot) => {
    const { ratio } = stamps;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0); // stamps are in device pixels
    for (const [shade, members] of groups) {
      for (const node of members) {
        const at = spot(node);
        if (!at) continue;
        const x = Math.round(at.x * ratio * 2) / 2;
        const y = Math.round(at.y * ratio * 2) / 2;
        const left = Math.floor(x);
        const top = Math.floor(y);
        const image = stamps.of(kinds[node] ?? "feature", shade, at.r, x - left, y - top);
        context.drawImage(image, left - image.width / 2, top - image.height / 2);
      }
    }
    context.restore();
  };

/** Marks on any surface, as shapes. */
export const marksOn =
  (surface: Surface, kinds: readonly Kind[], palette: Palette): DrawMarks =>
  (groups, spot) => {
    for (const [shade, members] of groups) {
      for (const node of members) {
        const at = spot(node);
        if (at) drawMark(surface, kinds[node] ?? "feature", shade, at.x, at.y, at.r, palette);
      }
    }
  };

/** Draws nodes that stand out in one colour, a little larger than the others. */
export function drawLitMarks(
  context: Surface,
  members: Iterable<number>,
  kinds: readonly Kind[],
  spot: (node: number) => Spot | null,
  palette: Palette,
  colour: string,
): void {
  context.beginPath();
  for (const node of members) {
    const at = spot(node);
    if (!at) continue;
    addMark(context, kinds[node] ?? "feature", at.x, at.y, Math.max(4, at.r + 0.6));
    if (at.beyond) addArrow(context, at, at.beyond);
  }
  context.lineJoin = "round";
  context.strokeStyle = palette.paper;
  context.lineWidth = 3;
  context.stroke();
  context.fillStyle = colour;
  context.fill();
}

/** An arrow head beside a mark, towards the node's place beyond the frame. */
function addArrow(pen: Pen, { x, y, r }: Spot, beyond: Side): void {
  const away = Math.max(4, r + 0.6) + 3;
  const [right, down] = { left: [-1, 0], right: [1, 0], top: [0, -1], bottom: [0, 1] }[beyond] as [number, number];
  const tip = away + 4;
  pen.moveTo(x + right * tip, y + down * tip);
  pen.lineTo(x + right * away + down * 4, y + down * away + right * 4);
  pen.lineTo(x + right * away - down * 4, y + down * away - right * 4);
  pen.closePath();
}

/** Draws the frame about the logit that the question asks for. */
export function drawTarget(context: Surface, { x, y, r }: Spot, palette: Palette): void {
  const half = Math.max(3.2, r * 0.92) + 3;
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.5;
  context.strokeRect(x - half, y - half, 2 * half, 2 * half);
}

/** Draws a ring about a node. */
export function drawRing(context: Surface, { x, y, r }: Spot, colour: string): void {
  context.beginPath();
  context.arc(x, y, r + 6, 0, 2 * Math.PI);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
}
