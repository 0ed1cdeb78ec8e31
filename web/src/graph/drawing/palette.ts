/** The theme's colours for a canvas, resolved from the custom properties of colours.css. */
import { coloursAt, rgb, type Scheme } from "../../shared/theme";
import type { Rgb } from "./links/density";

export interface Palette {
  paper: string;
  band: string;
  ink: string;
  mid: string;
  weak: string;
  accent: string;
  excites: string;
  inhibits: string;
  excitesRgb: Rgb;
  inhibitsRgb: Rgb;
}

const PROPERTIES = {
  paper: "--drawing",
  band: "--band",
  ink: "--ink",
  mid: "--ink-2",
  weak: "--ink-3",
  accent: "--accent",
  excites: "--excites",
  inhibits: "--inhibits",
} as const;

/** A colour on the way from one to another. `part`: 0 is the first, 1 the second. */
export function mixed(from: string, to: string, part: number): string {
  const other = rgb(to);
  return `rgb(${rgb(from).map((value, at) => Math.round(value + ((other[at] ?? 0) - value) * part)).join(", ")})`;
}

/** The palette at `element`, or the one that there is there in another scheme. */
export function paletteOf(element: HTMLElement, scheme?: Scheme): Palette {
  const colours = coloursAt(element, PROPERTIES, scheme);
  return { ...colours, excitesRgb: rgb(colours.excites), inhibitsRgb: rgb(colours.inhibits) };
}
