/** The theme's colours for a canvas, resolved from the custom properties of theme.css. */
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

/** The value of the custom property `name` at `element`, as "rgb(r, g, b)". */
function resolved(element: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function rgb(colour: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

/** A colour on the way from one to another. `part`: 0 is the first, 1 the second. */
export function mixed(from: string, to: string, part: number): string {
  const other = rgb(to);
  return `rgb(${rgb(from).map((value, at) => Math.round(value + ((other[at] ?? 0) - value) * part)).join(", ")})`;
}

export function paletteOf(element: HTMLElement): Palette {
  const excites = resolved(element, "--excites");
  const inhibits = resolved(element, "--inhibits");
  return {
    paper: resolved(element, "--drawing"),
    band: resolved(element, "--band"),
    ink: resolved(element, "--ink"),
    mid: resolved(element, "--ink-2"),
    weak: resolved(element, "--ink-3"),
    accent: resolved(element, "--accent"),
    excites,
    inhibits,
    excitesRgb: rgb(excites),
    inhibitsRgb: rgb(inhibits),
  };
}
