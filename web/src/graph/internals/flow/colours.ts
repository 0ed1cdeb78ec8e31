/** The colours of sources: ten that can be told apart for the strongest, shades of one for the others, a hatch for the biases. */
import { ranked } from "./shares";

export const N_STRONG = 10;
const N_SHADES = 16;
/** The biases' place in the colours. */
export const HATCHED = N_STRONG + N_SHADES;
export const N_COLOURS = HATCHED + 1;

/** For each source its colour. `cell`: the shares at the place whose strongest sources have the strong colours, the strongest the first. */
export function coloursOf(cell: ArrayLike<number>): number[] {
  const biases = cell.length - 1;
  const colours = Array.from({ length: cell.length }, (_, source) =>
    source === biases ? HATCHED : N_STRONG + Math.floor((N_SHADES * source) / Math.max(1, biases)),
  );
  ranked(cell)
    .filter((source) => source !== biases)
    .slice(0, N_STRONG)
    .forEach((source, rank) => (colours[source] = rank));
  return colours;
}

/** A colour in CSS's words; of the hatch, its lines'. */
export function cssColour(colour: number): string {
  if (colour === HATCHED) return "var(--ink-3)";
  if (colour < N_STRONG) return `var(--source-${colour})`;
  const part = Math.round((100 * (colour - N_STRONG)) / (N_SHADES - 1));
  return `color-mix(in srgb, var(--source-late) ${part}%, var(--source-early))`;
}

/** A swatch's background. */
export const cssSwatch = (colour: number): string =>
  colour === HATCHED ? `repeating-linear-gradient(135deg, ${cssColour(colour)} 0 2px, var(--part-rest) 2px 4px)` : cssColour(colour);

/** What a canvas is painted with, in the theme's colours. */
export interface Paints {
  readonly sources: readonly (string | CanvasPattern)[];
  readonly paper: string;
  readonly band: string;
  readonly line: string;
  readonly ink: string;
  readonly mid: string;
  readonly accent: string;
  readonly font: string;
}

/** As they are at `element`, all asked at once, for one computation of styles. `ratio`: pixels of the canvas to a CSS pixel. */
export function paintsAt(element: HTMLElement, ratio: number): Paints {
  const named = ["--drawing", "--band", "--line-strong", "--ink", "--ink-2", "--accent", "--part-rest"].map((name) => `var(${name})`);
  const host = document.createElement("span");
  const probes = [...Array.from({ length: N_COLOURS }, (_, colour) => cssColour(colour)), ...named].map((colour) => {
    const probe = document.createElement("span");
    probe.style.color = colour;
    host.append(probe);
    return probe;
  });
  element.append(host);
  const found = probes.map((probe) => getComputedStyle(probe).color);
  const font = getComputedStyle(element).fontFamily;
  host.remove();
  const [paper = "", band = "", line = "", ink = "", mid = "", accent = "", rest = ""] = found.slice(N_COLOURS);
  const sources: (string | CanvasPattern)[] = found.slice(0, N_COLOURS);
  sources[HATCHED] = hatch(found[HATCHED] ?? "", rest, ratio) ?? mid;
  return { sources, paper, band, line, ink, mid, accent, font };
}

function hatch(lines: string, ground: string, ratio: number): CanvasPattern | null {
  const size = Math.round(4 * ratio);
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const context = tile.getContext("2d");
  if (!context) return null;
  context.fillStyle = ground;
  context.fillRect(0, 0, size, size);
  context.strokeStyle = lines;
  context.lineWidth = ratio;
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift, size);
    context.lineTo(shift + size, 0);
  }
  context.stroke();
  const pattern = context.createPattern(tile, "repeat");
  // The context's pixels are CSS pixels.
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}
