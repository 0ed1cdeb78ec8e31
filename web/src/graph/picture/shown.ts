/**
 * Pictures of what the page itself draws as SVG, such as the circuit. Its styles come from the page's stylesheets, so a copy
 * takes along what they make of each element, in the scheme that is asked for.
 */
import type { Scheme } from "../../shared/theme";
import { paletteOf, type Palette } from "../drawing/palette";
import { measuring } from "../drawing/vector/svg";
import { canvasOf, footElements, pngOf, svgDocument } from "./document";
import type { Words } from "./drawn";
import { footOf } from "./foot";

/** What styles may say of an element of SVG. */
const STYLES = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"],
  ...["opacity", "font-family", "font-size", "font-style", "font-weight", "text-anchor", "dominant-baseline", "paint-order", "display"],
] as const;
/** Of a line's ends, which name an element of the SVG by an address of the page. */
const MARKERS = ["marker-start", "marker-mid", "marker-end"] as const;

/** A computed colour as every program reads it; what is not seen is none. */
function plain(value: string): string {
  if (/^rgba\(.*, 0\)$/.test(value) || value === "transparent") return "none";
  return value.replace(/color\(srgb ([\d.]+) ([\d.]+) ([\d.]+)\)/g, (_, ...parts: string[]) => {
    const [red, green, blue] = parts.slice(0, 3).map((part) => Math.round(255 * Number(part)));
    return `rgb(${red}, ${green}, ${blue})`;
  });
}

interface Shown {
  width: number;
  height: number;
  palette: Palette;
  markup: string;
}

/** A copy of an SVG of the page that stands by itself. What is not SVG in it (HTML) stays as it is. */
function copyOf(shown: SVGSVGElement, scheme: Scheme): Shown {
  const parent = shown.parentElement;
  if (!parent) throw new Error("An SVG that is not in the page cannot be copied.");
  const { width, height } = shown.getBoundingClientRect();
  const palette = paletteOf(parent, scheme);
  const copy = shown.cloneNode(true) as SVGSVGElement;
  copy.setAttribute("aria-hidden", "true");
  copy.dataset.scheme = scheme;
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", width: `${width}px`, height: `${height}px` });
  parent.append(copy);
  try {
    const styled = [copy, ...copy.querySelectorAll<SVGElement>("*")].map((each): [SVGElement, string[][]] => {
      const computed = getComputedStyle(each);
      return [each, STYLES.map((name) => [name, plain(computed.getPropertyValue(name))])];
    });
    for (const [each, styles] of styled) {
      each.removeAttribute("style");
      for (const name of ["class", "tabindex", "role", "aria-label", "aria-hidden", "data-scheme"]) each.removeAttribute(name);
      for (const [name = "", value = ""] of styles) each.setAttribute(name, value);
      for (const name of MARKERS) {
        const named = /#([^")]+)/.exec(each.getAttribute(name) ?? "")?.[1];
        if (named) each.setAttribute(name, `url(#${named})`);
      }
    }
  } finally {
    copy.remove();
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const paper = `<rect width="${width}" height="${height}" fill="${palette.paper}"/>`;
  return { width, height, palette, markup: `${paper}\n${new XMLSerializer().serializeToString(copy)}` };
}

function pictured(shown: SVGSVGElement, scheme: Scheme, { caption, key, kinds }: Words): { markup: string; width: number; height: number } {
  const { width, height, palette, markup } = copyOf(shown, scheme);
  const measure = measuring();
  const foot = footOf(caption, key, kinds, width, measure);
  return { markup: svgDocument({ width, height, markup }, footElements(foot, palette, measure), foot.height, caption), width, height: height + foot.height };
}

/** An SVG of the page as a file of its own, with a caption. */
export const svgOfShown = (shown: SVGSVGElement, scheme: Scheme, words: Words): string => pictured(shown, scheme, words).markup;

/** The same as a PNG, of which a CSS pixel is `scale` pixels. */
export async function pngOfShown(shown: SVGSVGElement, scheme: Scheme, words: Words, scale: number): Promise<Blob> {
  const { markup, width, height } = pictured(shown, scheme, words);
  const { canvas, context } = canvasOf(width, height, scale);
  const address = URL.createObjectURL(new Blob([markup], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    context.drawImage(image, 0, 0, width, height);
  } finally {
    URL.revokeObjectURL(address);
  }
  return pngOf(canvas);
}
