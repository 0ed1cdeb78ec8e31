/**
 * What of the drawing is in view. The drawing may be wider than its frame: at zoom 1 the frame then shows a part, which
 * scrolls sideways, and zooming out the tokens shows the whole. The layers fill the frame at zoom 1, which is their
 * least. Pure; all lengths are CSS pixels.
 */
import { IDENTITY, View } from "./view";

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

/** What zooms: the tokens alone, the layers alone, or both. */
export type Zoomed = "tokens" | "layers" | "both";

export const MOST_ZOOM = 32;
/** The zoom that a selection is brought to at most. */
const CLOSEST = 4;
/** Pixels that a mark keeps from the frame's edge, and that a place keeps when the drawing is scrolled to it. */
const EDGE = 14;
const ROOM = 48;

/** The zoom of the tokens that shows the whole width beside the layers' axis. */
export const leastZoom = ({ width, content, left }: Extents): number =>
  Math.min(1, (width - left) / Math.max(1, content - left));

export const wholeView = (extents: Extents): View => within(new View(leastZoom(extents), 1, 0, 0), extents);

/** The view at zoom 1 that ends with the last token, over which the logits are. */
export const homeView = ({ width, content }: Extents): View => IDENTITY.moved(width - content, 0);

/** The furthest right that a view lies. A small one begins beside the layers' axis, which would cover more of it. */
const mostRight = (k: number, { left }: Extents): number => Math.max(0, left * (1 - k));

const between = (least: number, value: number, most: number): number => Math.min(most, Math.max(least, value));

/** The nearest view that shows nothing beyond the drawing. */
export function within(view: View, extents: Extents): View {
  const { width, height, content } = extents;
  const { kx, ky } = view;
  const x = Math.min(mostRight(kx, extents), Math.max(width - content * kx, view.x));
  const y = between(height * (1 - ky), view.y, 0);
  return x === view.x && y === view.y ? view : new View(kx, ky, x, y);
}

/** The view zoomed by a factor, with what is at a point of the frame left there. */
export function zoomed(view: View, factor: number, what: Zoomed, { x, y }: Point, extents: Extents): View {
  const kx = what === "layers" ? view.kx : between(leastZoom(extents), view.kx * factor, MOST_ZOOM);
  const ky = what === "tokens" ? view.ky : between(1, view.ky * factor, MOST_ZOOM);
  return within(new View(kx, ky, x - view.invertX(x) * kx, y - view.invertY(y) * ky), extents);
}

/** How far a view is scrolled sideways, in CSS pixels of the screen. */
export interface Shown {
  /** The width of the whole, the part of it before the view, and the view's. */
  content: number;
  before: number;
  width: number;
  isWhole: boolean;
}

/** Whether a view scrolls, and two views look the same to what scrolls them. */
const scrolls = ({ content, width }: Shown): boolean => content > width + 1;
export const sameShown = (one: Shown, other: Shown): boolean =>
  one.isWhole === other.isWhole &&
  scrolls(one) === scrolls(other) &&
  (!scrolls(one) || (one.before === other.before && one.content === other.content && one.width === other.width));

export function shownIn({ kx, ky, x }: View, extents: Extents): Shown {
  const { width, content } = extents;
  const most = mostRight(kx, extents);
  const isWhole = kx <= leastZoom(extents) * 1.001 && ky <= 1.001;
  return { content: content * kx + most, before: most - x, width, isWhole };
}

/** The view scrolled to where `before` pixels of the whole are before it. */
export const scrolled = (view: View, before: number, extents: Extents): View =>
  within(new View(view.kx, view.ky, mostRight(view.kx, extents) - before, view.y), extents);

/** The nearest view sideways that has all these places; where the frame is too narrow, the last of them, where paths end. */
export function revealing(view: View, places: readonly number[], extents: Extents): View {
  if (places.length === 0) return view;
  const { left, width } = extents;
  const first = Math.min(...places) * view.kx;
  const last = Math.max(...places) * view.kx;
  if (first + view.x >= left + EDGE && last + view.x <= width - EDGE) return view;
  const least = left + ROOM - first;
  const most = width - ROOM - last;
  const x = least <= most ? between(least, view.x, most) : most;
  return within(new View(view.kx, view.ky, x, view.y), extents);
}

/** The view that these places fill, no closer than is of use. */
export function filledBy(places: readonly Point[], extents: Extents): View {
  const { left, width, bottom } = extents;
  const fill = (ends: readonly number[], from: number, to: number, least: number): { k: number; t: number } => {
    const [first, last] = [Math.min(...ends), Math.max(...ends)];
    const k = between(least, (to - from - 2 * ROOM) / Math.max(1, last - first), CLOSEST);
    return { k, t: (from + to) / 2 - ((first + last) / 2) * k };
  };
  const x = fill(places.map((each) => each.x), left, width, leastZoom(extents));
  const y = fill(places.map((each) => each.y), 0, bottom, 1);
  return within(new View(x.k, y.k, x.t, y.t), extents);
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
