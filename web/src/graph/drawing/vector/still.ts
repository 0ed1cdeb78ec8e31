/** A drawing as it is seen at one moment, drawn once more: as an SVG or, at any scale, on a canvas. */
import type { Palette } from "../palette";
import { linkCurves, linkPixels, type PlacedLinks } from "./links";
import { SvgSurface, type Measure } from "./svg";
import type { Surface } from "./surface";

export interface Still {
  /** CSS pixels. */
  width: number;
  height: number;
  palette: Palette;
  links: PlacedLinks;
  /** Whether all links recede behind a selection. */
  recede: boolean;
  /** Draws it from (0, 0). `drawLinks` draws all links, over the paper and under all else. */
  draw: (surface: Surface, drawLinks: () => void) => void;
}

/** How opaque the picture of all links is behind a selection, as Drawing.css has it. */
const RECEDING = 0.5;

/** Draws it on a canvas, of which a CSS pixel is `scale` pixels. */
export function drawStill(still: Still, context: CanvasRenderingContext2D, scale: number): void {
  still.draw(context, () => {
    const pixels = linkPixels(still.links, scale, still.palette);
    if (!pixels) return;
    const picture = document.createElement("canvas");
    Object.assign(picture, { width: pixels.width, height: pixels.height });
    picture.getContext("2d")?.putImageData(pixels, 0, 0);
    context.globalAlpha = still.recede ? RECEDING : 1;
    context.drawImage(picture, 0, 0, still.width, still.height);
  });
}

/** Elements of SVG, and how many of the links are among them. */
export function stillElements(still: Still, measure: Measure): { markup: string; drawn: number; all: number } {
  const surface = new SvgSurface(measure);
  const { markup, drawn, all } = linkCurves(still.links, still.palette, still.recede ? RECEDING : 1);
  still.draw(surface, () => surface.add(markup));
  return { markup: surface.markup, drawn, all };
}
