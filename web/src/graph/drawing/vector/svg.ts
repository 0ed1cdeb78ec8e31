/** A surface that writes SVG: lines stay lines, text stays text. */
import type { Surface } from "./surface";

/** What a text measures in a font of CSS: its width, and how far its baseline is below the middle of its line, in pixels. */
export type Measure = (text: string, font: string) => { width: number; drop: number };

/** Measures as the browser draws. */
export function measuring(): Measure {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) throw new Error("This browser has no 2D canvas.");
  const drops = new Map<string, number>();
  const dropOf = (font: string): number => {
    const known = drops.get(font);
    if (known !== undefined) return known;
    const above = (["alphabetic", "middle"] as const).map((baseline) => {
      context.textBaseline = baseline;
      return context.measureText("x").fontBoundingBoxAscent;
    });
    const drop = (above[0] ?? 0) - (above[1] ?? 0);
    drops.set(font, drop);
    return drop;
  };
  return (text, font) => {
    context.font = font;
    return { width: context.measureText(text).width, drop: dropOf(font) };
  };
}

/** What `save` keeps. */
interface Look {
  fillStyle: CanvasRenderingContext2D["fillStyle"];
  strokeStyle: CanvasRenderingContext2D["strokeStyle"];
  lineWidth: number;
  lineCap: CanvasLineCap;
  lineJoin: CanvasLineJoin;
  globalAlpha: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  dashes: readonly number[];
  /** Functions of SVG's transform attribute, the outermost first. */
  transform: string;
}

const FIRST_LOOK: Look = {
  fillStyle: "#000",
  strokeStyle: "#000",
  lineWidth: 1,
  lineCap: "butt",
  lineJoin: "miter",
  globalAlpha: 1,
  font: "10px sans-serif",
  textAlign: "start",
  textBaseline: "alphabetic",
  dashes: [],
  transform: "",
};

const ANCHORS: Partial<Record<CanvasTextAlign, string>> = { center: "middle", right: "end", end: "end" };

/** A length in hundredths of a pixel: more is not seen. */
export const length = (value: number): string => String(Math.round(value * 100) / 100);

/** Text as it stands in XML, in a value or between tags. What XML has no place for is left out. */
export const escaped = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

type Attributes = Record<string, string | number | null>;

/** An element of SVG; attributes that are null are left out. */
export function element(name: string, attributes: Attributes, content?: string): string {
  const said = Object.entries(attributes).flatMap(([key, value]) =>
    value === null ? [] : [` ${key}="${typeof value === "number" ? length(value) : escaped(value)}"`],
  );
  return content === undefined ? `<${name}${said.join("")}/>` : `<${name}${said.join("")}>${content}</${name}>`;
}

/** CSS' shorthand, of which the drawing uses style, weight, size and family, as attributes. */
function fontOf(font: string): Attributes {
  const [, style = null, weight = null, size = "10", family = "sans-serif"] = /^(?:(italic) )?(?:(\d+) )?([\d.]+)px (.+)$/.exec(font) ?? [];
  return { "font-family": family, "font-size": size, "font-style": style, "font-weight": weight };
}

export class SvgSurface implements Surface, Look {
  fillStyle = FIRST_LOOK.fillStyle;
  strokeStyle = FIRST_LOOK.strokeStyle;
  lineWidth = FIRST_LOOK.lineWidth;
  lineCap = FIRST_LOOK.lineCap;
  lineJoin = FIRST_LOOK.lineJoin;
  globalAlpha = FIRST_LOOK.globalAlpha;
  font = FIRST_LOOK.font;
  textAlign = FIRST_LOOK.textAlign;
  textBaseline = FIRST_LOOK.textBaseline;
  dashes = FIRST_LOOK.dashes;
  transform = FIRST_LOOK.transform;
  private readonly kept: Look[] = [];
  private readonly parts: string[] = [];
  private path = "";

  constructor(private readonly measure: Measure) {}

  /** The elements drawn so far. */
  get markup(): string {
    return this.parts.join("\n");
  }

  /** Adds elements as they are. */
  add(markup: string): void {
    this.parts.push(markup);
  }

  save(): void {
    const { fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, globalAlpha, font, textAlign, textBaseline, dashes, transform } = this;
    this.kept.push({ fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, globalAlpha, font, textAlign, textBaseline, dashes, transform });
  }

  restore(): void {
    Object.assign(this, this.kept.pop());
  }

  translate(x: number, y: number): void {
    this.transform += `translate(${length(x)} ${length(y)})`;
  }

  rotate(radians: number): void {
    this.transform += `rotate(${length((radians * 180) / Math.PI)})`;
  }

  setLineDash(dashes: readonly number[]): void {
    this.dashes = dashes;
  }

  beginPath(): void {
    this.path = "";
  }

  moveTo(x: number, y: number): void {
    this.path += `M${length(x)} ${length(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.path += `L${length(x)} ${length(y)}`;
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.path += `C${[x1, y1, x2, y2, x, y].map(length).join(" ")}`;
  }

  /** A whole circle, which is what marks are made of. */
  arc(x: number, y: number, r: number, from: number, to: number): void {
    if (Math.abs(to - from) < 2 * Math.PI - 1e-6) throw new Error("Only whole circles are drawn as SVG.");
    const size = `${length(r)} ${length(r)}`;
    this.path += `M${length(x + r)} ${length(y)}A${size} 0 1 1 ${length(x - r)} ${length(y)}A${size} 0 1 1 ${length(x + r)} ${length(y)}Z`;
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path += `M${length(x)} ${length(y)}h${length(width)}v${length(height)}h${length(-width)}Z`;
  }

  closePath(): void {
    this.path += "Z";
  }

  fill(): void {
    this.shape("path", { d: this.path, ...this.filled() });
  }

  stroke(): void {
    this.shape("path", { d: this.path, ...this.stroked() });
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    if (width > 0 && height > 0) this.shape("rect", { x, y, width, height, ...this.filled() });
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.shape("rect", { x, y, width, height, ...this.stroked() });
  }

  fillText(text: string, x: number, y: number): void {
    const drop = this.textBaseline === "middle" ? this.measure(text, this.font).drop : 0;
    const attributes = { x, y: y + drop, "text-anchor": ANCHORS[this.textAlign] ?? null, ...fontOf(this.font), ...this.filled(), ...this.placed() };
    this.parts.push(element("text", attributes, escaped(text)));
  }

  measureText(text: string): { width: number } {
    return this.measure(text, this.font);
  }

  private shape(name: string, attributes: Attributes): void {
    this.parts.push(element(name, { ...attributes, ...this.placed() }));
  }

  private placed(): Attributes {
    return { opacity: this.globalAlpha === 1 ? null : this.globalAlpha, transform: this.transform || null };
  }

  private filled(): Attributes {
    return { fill: colour(this.fillStyle) };
  }

  private stroked(): Attributes {
    return {
      fill: "none",
      stroke: colour(this.strokeStyle),
      "stroke-width": this.lineWidth,
      "stroke-linecap": this.lineCap === "butt" ? null : this.lineCap,
      "stroke-linejoin": this.lineJoin === "miter" ? null : this.lineJoin,
      "stroke-dasharray": this.dashes.length > 0 ? this.dashes.map(length).join(" ") : null,
    };
  }
}

function colour(style: Look["fillStyle"]): string {
  if (typeof style !== "string") throw new Error("Only plain colours are drawn as SVG.");
  return style;
}
