/**
 * What of the drawing is in view. The drawing may be wider than its frame: at zoom 1 the frame then shows a part,
 * which scrolls sideways, and zooming out shows the whole above its axis. Pure; all lengths are CSS pixels.
 */
import { zoomIdentity, type ZoomTransform } from "d3-zoom";

export interface Extents {
  /** The frame's width. */
  width: number;
  height: number;
  /** The drawing's width, at least the frame's. */
  content: number;
  /** Where the layers' axis ends and the token axis begins. */
  left: number;
  bottom: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Pixels that a mark keeps from the frame's edge, and that a place keeps when the drawing is scrolled to it. */
const EDGE = 14;
const ROOM = 48;

/** The zoom that shows the whole width beside the layers' axis. */
export const leastZoom = ({ width, content, left }: Extents): number =>
  Math.min(1, (width - left) / Math.max(1, content - left));

export const wholeView = (extents: Extents): ZoomTransform => within(zoomIdentity.scale(leastZoom(extents)), extents);

/** The view at zoom 1 that ends with the last token, over which the logits are. */
export const homeView = ({ width, content }: Extents): ZoomTransform => zoomIdentity.translate(width - content, 0);

/** The furthest right that a view lies. A small one begins beside the layers' axis, which would cover more of it. */
const mostRight = (k: number, { left }: Extents): number => Math.max(0, left * (1 - k));

/** The nearest view that shows nothing beyond the drawing. What is lower than the frame stands on the token axis. */
export function within(view: ZoomTransform, extents: Extents): ZoomTransform {
  const { k } = view;
  const { width, height, content, bottom } = extents;
  const x = Math.min(mostRight(k, extents), Math.max(width - content * k, view.x));
  const y = k < 1 ? bottom * (1 - k) : Math.min(0, Math.max(height * (1 - k), view.y));
  return x === view.x && y === view.y ? view : zoomIdentity.translate(x, y).scale(k);
}

/** How far a view is scrolled sideways, in CSS pixels of the screen. */
export interface Shown {
  /** The width of the whole, the part of it before the view, and the view's. */
  content: number;
  before: number;
  width: number;
  isWhole: boolean;
}

export function shownIn({ x, k }: ZoomTransform, extents: Extents): Shown {
  const { width, content } = extents;
  const most = mostRight(k, extents);
  return { content: content * k + most, before: most - x, width, isWhole: k <= leastZoom(extents) * 1.001 };
}

/** The view scrolled to where `before` pixels of the whole are before it. */
export const scrolled = (view: ZoomTransform, before: number, extents: Extents): ZoomTransform =>
  within(zoomIdentity.translate(mostRight(view.k, extents) - before, view.y).scale(view.k), extents);

/** The nearest view sideways that has all these places; where the frame is too narrow, the last of them, where paths end. */
export function revealing(view: ZoomTransform, places: readonly number[], extents: Extents): ZoomTransform {
  if (places.length === 0) return view;
  const { left, width } = extents;
  const first = Math.min(...places) * view.k;
  const last = Math.max(...places) * view.k;
  if (first + view.x >= left + EDGE && last + view.x <= width - EDGE) return view;
  const least = left + ROOM - first;
  const most = width - ROOM - last;
  const x = least <= most ? Math.min(most, Math.max(least, view.x)) : most;
  return within(zoomIdentity.translate(x, view.y).scale(view.k), extents);
}

/** The side of the frame beyond which a place lies. */
export type Side = "left" | "right" | "top" | "bottom";

/** A place as it is seen: where it is, or else the nearest place at the frame's edge. */
export function seenAt({ x, y }: Point, { left, width, bottom }: Extents): Point & { beyond: Side | null } {
  const beyond = x < left ? "left" : x > width ? "right" : y < 0 ? "top" : y > bottom ? "bottom" : null;
  if (beyond === null) return { x, y, beyond };
  return {
    x: Math.min(width - EDGE, Math.max(left + EDGE, x)),
    y: Math.min(bottom - EDGE, Math.max(EDGE, y)),
    beyond,
  };
}
