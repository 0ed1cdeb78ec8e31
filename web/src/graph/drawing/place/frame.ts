/** The frame in which the nodes are laid out: the room of the axes around them, and how wide the columns must be. */
import type { GraphModel } from "../../model/model";
import { tokenAxis } from "../names/tokenAxis";
import { easedWidths } from "./columns";
import { nodeWidths, type Frame, type Layout } from "./layout";
import type { Extents } from "./viewport";

/** The room around the nodes; the axis and the scroll bar below come on top. */
const MARGIN = { top: 36, right: 16, bottom: 16, left: 56 };
const SCROLL_BAR = 12;
/** The width to which crowds may widen any drawing, and the factor by which they may widen one that scrolls anyway. */
const LEGIBLE = 560;
const LONG = 1.5;
/** The heights of both axes at their most, so that no column's width depends on them. */
const MOST_AXES = MARGIN.top + MARGIN.bottom + 76 + SCROLL_BAR;

const sum = (widths: readonly number[]): number => widths.reduce((total, each) => total + each, 0);

/**
 * The frame of a drawing of this size, below which the token axis and, if it is needed, the scroll bar stand, and the
 * least width of each column. `texts`: the widths of the tokens' texts.
 */
export function framed(
  { record, nodes, tokenSpans }: GraphModel,
  texts: readonly number[],
  { width, height }: { width: number; height: number },
  shows: Uint8Array,
): { frame: Frame; least: number[] } {
  const inner = width - MARGIN.left - MARGIN.right;
  const { names, crowds } = nodeWidths(nodes, record.tokens.length, record.n_layers, Math.max(1, height - MOST_AXES), shows);
  const axis = tokenAxis(tokenSpans, texts, names, inner);
  // Crowds alone do not make a drawing scroll, unless the frame is very narrow; they widen one that scrolls anyway.
  const needed = sum(axis.least);
  const wide = Math.min(needed * LONG, needed + 2 * (needed - inner));
  const least = easedWidths(axis.least, crowds, Math.max(inner, LEGIBLE, wide));
  const below = axis.height + (sum(least) > inner + 0.5 ? SCROLL_BAR : 0);
  return { frame: { width, height, margin: { ...MARGIN, bottom: MARGIN.bottom + below } }, least };
}

/** What of a layout can be in view. */
export function extentsOf({ frame: { width, height, margin }, width: content }: Layout): Extents {
  return { width, height, content, left: margin.left - 6, bottom: height - margin.bottom + MARGIN.bottom };
}
