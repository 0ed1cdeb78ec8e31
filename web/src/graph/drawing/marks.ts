/** The shapes of nodes: disc feature, triangle embedding, diamond error, square logit. */
import type { Kind, NodesAnswer } from "../../api/types";
import type { Palette } from "./palette";

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
}

type Tone = "ink" | "mid" | "weak" | "hollow";

function tone(kind: Kind | undefined, prominence: number): Tone {
  if (kind === "error") return "hollow";
  if (kind === "embedding") return "mid";
  if (kind === "logit") return "ink";
  return prominence > 0.4 ? "ink" : prominence > 0.22 ? "mid" : "weak";
}

/** The nodes of each tone, weakest tone first. The view does not change them. */
export function tones(nodes: NodesAnswer, prominence: Float32Array): [Tone, number[]][] {
  const groups: [Tone, number[]][] = [
    ["weak", []],
    ["hollow", []],
    ["mid", []],
    ["ink", []],
  ];
  const byTone = new Map(groups);
  nodes.id.forEach((_, node) => byTone.get(tone(nodes.kind[node], prominence[node] ?? 0))?.push(node));
  return groups;
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
  of(kind: Kind, shade: Tone, radius: number, dx: number, dy: number): Stamp {
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
    const path = new Path2D();
    addMark(path, kind, (middle + dx) / this.ratio, (middle + dy) / this.ratio, r);
    context.lineJoin = "round";
    context.strokeStyle = this.palette.paper;
    context.lineWidth = shade === "hollow" ? 3.2 : 1.6;
    context.stroke(path);
    context.fillStyle = shade === "hollow" ? this.palette.paper : this.palette[shade];
    context.fill(path);
    if (shade === "hollow") {
      context.strokeStyle = this.palette.mid;
      context.lineWidth = 1;
      context.stroke(path);
    }
    return image;
  }
}

/** Draws all nodes. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  groups: [Tone, number[]][],
  kinds: readonly Kind[],
  spot: (node: number) => Spot | null,
  stamps: Stamps,
): void {
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
}

/** Draws the nodes of a selection in the accent, a little larger than the others. */
export function drawLitMarks(
  context: CanvasRenderingContext2D,
  members: Iterable<number>,
  kinds: readonly Kind[],
  spot: (node: number) => Spot | null,
  palette: Palette,
): void {
  const path = new Path2D();
  for (const node of members) {
    const at = spot(node);
    if (at) addMark(path, kinds[node] ?? "feature", at.x, at.y, Math.max(4, at.r + 0.6));
  }
  context.lineJoin = "round";
  context.strokeStyle = palette.paper;
  context.lineWidth = 3;
  context.stroke(path);
  context.fillStyle = palette.accent;
  context.fill(path);
}
