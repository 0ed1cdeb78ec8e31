/** The tokens along the bottom, which stay in view while the drawing moves: level where all fit so, or else slanted. */
import type { TokenSpan } from "../../model/pieces";
import { TOKEN_FONT } from "./fonts";
import type { Layout } from "../place/layout";
import type { View } from "../place/view";
import type { Palette } from "../palette";
import type { Surface } from "../vector/surface";

const SLANT = -Math.PI / 4;
/** Heights of the axis; slanted tokens take what the longest needs, up to `slanted`. */
const HEIGHT = { level: 26, slanted: 76 };
/** Distance between two tokens: between level ones, and between the feet of slanted ones. */
const GAP = { level: 8, slanted: 15 };
/** A longer token is cut. */
const LONGEST = { level: 150, slanted: 88 };

export interface TokenAxis {
  slanted: boolean;
  height: number;
  /** The least width of each position's column. */
  least: number[];
}

/**
 * The axis of tokens that are `widths` wide, over columns of at least `floors` in a drawing `inner` pixels wide.
 * Tokens slant where they would widen the drawing otherwise.
 */
export function tokenAxis(
  spans: readonly TokenSpan[],
  widths: readonly number[],
  floors: readonly number[],
  inner: number,
): TokenAxis {
  const leastFor = (room: (width: number) => number): number[] => {
    const least = [...floors];
    spans.forEach(({ first, last }, at) => {
      const each = room(widths[at] ?? 0) / (last - first + 1);
      for (let position = first; position <= last; position++) least[position] = Math.max(least[position] ?? 0, each);
    });
    return least;
  };
  const sum = (all: readonly number[]): number => all.reduce((total, each) => total + each, 0);
  const level = leastFor((width) => Math.min(width, LONGEST.level) + GAP.level);
  const slanted = leastFor(() => GAP.slanted);
  if (sum(level) <= Math.max(inner, sum(slanted))) return { slanted: false, height: HEIGHT.level, least: level };
  const longest = Math.min(LONGEST.slanted, widths.reduce((most, width) => Math.max(most, width), 0));
  const height = Math.min(HEIGHT.slanted, Math.ceil(longest * Math.SQRT1_2) + 16);
  return { slanted: true, height, least: slanted };
}

/** `text` cut to `room` pixels, with an ellipsis if it was cut. */
export function fitted(text: string, room: number, measure: (text: string) => number): string {
  if (measure(text) <= room) return text;
  for (let length = text.length - 1; length > 0; length--) {
    const cut = `${text.slice(0, length)}…`;
    if (measure(cut) <= room) return cut;
  }
  return "";
}

/** Texts from `left` to `right`, of which those that `matter` are chosen first. */
export interface Extent {
  left: number;
  right: number;
  matters: boolean;
}

/** The indices of texts that stand apart from each other: what matters has the choice, then the order decides. */
export function standingApart(texts: readonly Extent[]): number[] {
  const taken: Extent[] = [];
  const order = [...texts.keys()].sort((a, b) => Number(texts[b]?.matters) - Number(texts[a]?.matters) || a - b);
  return order.filter((at) => {
    const text = texts[at];
    if (!text || taken.some((other) => text.left < other.right && other.left < text.right)) return false;
    taken.push(text);
    return true;
  });
}

/** The widths of the spans' texts at their widest. */
export function textWidths(context: CanvasRenderingContext2D, spans: readonly TokenSpan[]): number[] {
  context.font = TOKEN_FONT.strong;
  return spans.map(({ text }) => context.measureText(text).width);
}

/** The positions that stand out: those of what is lit, and those of selected tokens. */
export interface Marked {
  lit: ReadonlySet<number | undefined>;
  selected: ReadonlySet<number | undefined>;
}

/** Draws the axis from `top` downwards, over whatever is there. */
export function drawTokenAxis(
  context: Surface,
  spans: readonly TokenSpan[],
  widths: readonly number[],
  places: Layout,
  top: number,
  view: View,
  palette: Palette,
  { lit, selected }: Marked,
): void {
  const { width, height, margin } = places.frame;
  context.fillStyle = palette.paper;
  context.fillRect(0, top, width, height - top);
  context.textBaseline = "middle";
  const shown = spans.flatMap(({ first, last, text }, at) => {
    const left = view.applyX(places.columns[first]?.x0 ?? 0);
    const right = view.applyX(places.columns[last]?.x1 ?? 0);
    const centre = (left + right) / 2;
    if (centre < margin.left - 6 || centre > width) return [];
    const has = (position: number | undefined): boolean => position !== undefined && first <= position && position <= last;
    const isSelected = [...selected].some(has);
    const isLit = isSelected || [...lit].some(has);
    return [{ text, left, right, centre, room: widths[at] ?? 0, isLit, isSelected }];
  });
  const slanted = height - top > HEIGHT.level + 12 && shown.some(({ left, right, room }) => right - left < room + GAP.level);
  const extents = shown.map(({ left, right, centre, room, isLit }): Extent => {
    if (slanted) return { left: centre - GAP.slanted / 2 + 1, right: centre + GAP.slanted / 2 - 1, matters: isLit };
    const half = Math.min(Math.max(right - left, isLit ? room : 0), room) / 2;
    return { left: centre - half - 2, right: centre + half + 2, matters: isLit };
  });
  for (const at of standingApart(extents)) {
    const token = shown[at];
    const extent = extents[at];
    if (!token || !extent) continue;
    context.font = token.isLit ? TOKEN_FONT.strong : TOKEN_FONT.plain;
    const isQuiet = !token.isLit && lit.size > 0;
    context.fillStyle = token.isSelected ? palette.accent : isQuiet ? palette.mid : palette.ink;
    const measure = (part: string): number => context.measureText(part).width;
    if (slanted) {
      context.save();
      context.translate(token.centre + 4, top + 6);
      context.rotate(SLANT);
      context.textAlign = "right";
      context.fillText(fitted(token.text, LONGEST.slanted, measure), 0, 0);
      context.restore();
    } else {
      context.textAlign = "center";
      context.fillText(fitted(token.text, extent.right - extent.left - 2, measure), token.centre, top + 13);
    }
  }
}
