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

function rgb(colour: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

/** A colour on the way from one to another. `part`: 0 is the first, 1 the second. */
export function mixed(from: string, to: string, part: number): string {
  const other = rgb(to);
  return `rgb(${rgb(from).map((value, at) => Math.round(value + ((other[at] ?? 0) - value) * part)).join(", ")})`;
}

/**
 * The values of the custom properties at `element`, or those that they have there in another scheme, as "rgb(r, g, b)"; all
 * are asked at once, for one computation of styles.
 */
export function paletteOf(element: HTMLElement, scheme?: Scheme): Palette {
  const host = document.createElement("span");
  if (scheme) host.dataset.scheme = scheme;
  const probes = Object.entries(PROPERTIES).map(([name, property]) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${property})`;
    host.append(probe);
    return [name, probe] as const;
  });
  element.append(host);
  const colours = Object.fromEntries(probes.map(([name, probe]) => [name, getComputedStyle(probe).color])) as Record<keyof typeof PROPERTIES, string>;
  host.remove();
  return { ...colours, excitesRgb: rgb(colours.excites), inhibitsRgb: rgb(colours.inhibits) };
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
