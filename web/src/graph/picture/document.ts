/** SVG documents and PNG files. */
import type { Palette } from "../drawing/palette";
import { element, escaped, SvgSurface, type Measure } from "../drawing/vector/svg";
import type { Caption } from "./caption";
import { drawFoot, type Foot } from "./foot";

/** Browsers make no greater canvas. */
const MOST_PIXELS = { side: 16_384, all: 120_000_000 };

export function canvasOf(width: number, height: number, scale: number): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (Math.max(across, down) > MOST_PIXELS.side || across * down > MOST_PIXELS.all) {
    throw new Error(`A picture of ${across} × ${down} pixels is more than a browser makes; choose a smaller scale.`);
  }
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: across, height: down });
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no 2D canvas.");
  context.scale(scale, scale);
  return { canvas, context };
}

export function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser could not write the picture."))), "image/png"),
  );
}

export function footElements(foot: Foot, palette: Palette, measure: Measure): string {
  const surface = new SvgSurface(measure);
  drawFoot(surface, foot, palette, (href, write) => {
    surface.add(`<a href="${escaped(href)}">`);
    write();
    surface.add("</a>");
  });
  return surface.markup;
}

interface Part {
  width: number;
  height: number;
  markup: string;
}

/** An SVG file: a picture, which is cut at its edges, above its foot. */
export function svgDocument({ width, height, markup }: Part, foot: string, footHeight: number, { title, drawn, link }: Caption): string {
  const whole = height + footHeight;
  const described = element("title", {}, escaped(title)) + element("desc", {}, escaped([drawn, link].filter(Boolean).join(". ")));
  const picture = element("svg", { width, height, overflow: "hidden" }, `\n${markup}\n`);
  const below = element("g", { transform: `translate(0 ${height})` }, `\n${foot}\n`);
  const attributes = { xmlns: "http://www.w3.org/2000/svg", width, height: whole, viewBox: `0 0 ${width} ${whole}`, "xml:space": "preserve" };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("svg", attributes, `${described}\n${picture}\n${below}`)}\n`;
}
