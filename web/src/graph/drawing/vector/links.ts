/**
 * All links beneath a drawing that leaves the page: on a canvas as the worker paints them (links/density.ts), in an SVG as a
 * curve each, as opaque as that picture has a link that lies alone.
 */
import { develop, exposure, rasterise, STRONGEST, type Links } from "../links/density";
import type { Palette } from "../palette";
import { element, length } from "./svg";

/** The links between drawn nodes, and the nodes' places in CSS pixels. */
export interface PlacedLinks {
  links: Links;
  x: Float32Array;
  y: Float32Array;
  width: number;
  height: number;
}

/** The most links that an SVG has, the strongest: more make a file that few programs open. */
export const MOST_CURVES = 20_000;

/** As many parts of an opacity are told apart. */
const STEPS = 255;

/** A picture of all links, `scale` pixels for each CSS pixel; null where there are none. */
export function linkPixels({ links, x, y, width, height }: PlacedLinks, scale: number, palette: Palette): ImageData | null {
  if (links.ink.length === 0) return null;
  const density = rasterise(links, x, y, { kx: scale, ky: scale, tx: 0, ty: 0 }, Math.round(width * scale), Math.round(height * scale));
  const pixels = develop(density, exposure(density), palette.excitesRgb, palette.inhibitsRgb, STRONGEST);
  return new ImageData(pixels, density.width, density.height);
}

/**
 * The links in view as a group of SVG, of the strongest `most` of all, and how many that are. `opacity`: the group's, as a
 * part of what it is where nothing is selected.
 */
export function linkCurves({ links, x, y, width, height }: PlacedLinks, palette: Palette, opacity = 1, most = MOST_CURVES): { markup: string; drawn: number; all: number } {
  const all = links.ink.length;
  const strength = (link: number): number => Math.abs(links.ink[link] ?? 0);
  const gain = all === 0 ? 1 : exposure(rasterise(links, x, y, { kx: 1, ky: 1, tx: 0, ty: 0 }, Math.round(width), Math.round(height)));
  const kept = Array.from(links.ink.keys())
    .sort((a, b) => strength(b) - strength(a) || a - b)
    .slice(0, most)
    .reverse();
  const curves = kept.flatMap((link) => {
    const [from, to] = [links.source[link] ?? 0, links.target[link] ?? 0];
    const [x0, y0, x1, y1] = [x[from] ?? 0, y[from] ?? 0, x[to] ?? 0, y[to] ?? 0];
    if (Math.max(x0, x1) < 0 || Math.min(x0, x1) > width || Math.max(y0, y1) < 0 || Math.min(y0, y1) > height) return [];
    const lit = strength(link) * gain;
    const part = Math.max(1, Math.round((STEPS * lit) / (1 + lit))) / STEPS;
    const middle = (y0 + y1) / 2;
    const d = `M${length(x0)} ${length(y0)}C${[x0, middle, x1, middle, x1, y1].map(length).join(" ")}`;
    return [element("path", { d, opacity: part.toFixed(3), stroke: (links.ink[link] ?? 0) < 0 ? palette.inhibits : null })];
  });
  const group = { class: "links", fill: "none", stroke: palette.excites, "stroke-width": 1, opacity: STRONGEST * opacity };
  return { markup: element("g", group, `\n${curves.join("\n")}\n`), drawn: kept.length, all };
}
