/** The theme's colours for a canvas, resolved from the custom properties of colours.css. */
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

export type Scheme = "light" | "dark";

/** The value of the custom property `name` at `element`, as "rgb(r, g, b)". */
function resolved(element: HTMLElement, name: string, scheme: Scheme | undefined): string {
  const probe = document.createElement("span");
  if (scheme) probe.dataset.scheme = scheme;
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

/** The colours at `element`, or those that it has in another scheme. */
export function paletteOf(element: HTMLElement, scheme?: Scheme): Palette {
  const of = (name: string) => resolved(element, name, scheme);
  const excites = of("--excites");
  const inhibits = of("--inhibits");
  return {
    paper: of("--drawing"),
    band: of("--band"),
    ink: of("--ink"),
    mid: of("--ink-2"),
    weak: of("--ink-3"),
    accent: of("--accent"),
    excites,
    inhibits,
    excitesRgb: rgb(excites),
    inhibitsRgb: rgb(inhibits),
  };
}

/** Calls `changed` when the system's theme or the page's own becomes another; returns how to stop. */
export function onTheme(changed: () => void): () => void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", changed);
  const watcher = new MutationObserver(changed);
  watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    dark.removeEventListener("change", changed);
    watcher.disconnect();
  };
}
