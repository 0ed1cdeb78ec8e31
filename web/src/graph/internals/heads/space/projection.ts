/** Points of a space as they are seen from where the reader has turned it. */

/** Layer, head and figure, each between -1 and 1. */
export type Place = readonly [x: number, y: number, z: number];

/** `yaw`: turned about the upright axis; `pitch`: tipped towards the reader; radians. */
export interface View {
  readonly yaw: number;
  readonly pitch: number;
  readonly zoom: number;
}

export const FIRST_VIEW: View = { yaw: -0.6, pitch: 0.45, zoom: 1 };

const [LEAST_ZOOM, MOST_ZOOM] = [0.5, 8];
const STEEPEST = Math.PI / 2;
const PER_PIXEL = 0.008;
/** How far the reader is from the middle, in half widths of the space: nearer things are larger, but little. */
const DISTANCE = 7;

/** Row by row. The first row leads right, the second up, the third towards the reader. */
export type Matrix = readonly [Place, Place, Place];

export function rotation({ yaw, pitch }: Pick<View, "yaw" | "pitch">): Matrix {
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  return [
    [cosYaw, -sinYaw, 0],
    [sinPitch * sinYaw, sinPitch * cosYaw, cosPitch],
    [-cosPitch * sinYaw, -cosPitch * cosYaw, sinPitch],
  ];
}

export const turned = (view: View, right: number, down: number): View => ({
  ...view,
  // Whole turns are taken off, so that the angle stays small.
  yaw: (view.yaw + right * PER_PIXEL) % (2 * Math.PI),
  pitch: Math.min(STEEPEST, Math.max(-STEEPEST, view.pitch + down * PER_PIXEL)),
});

export const zoomed = (view: View, factor: number): View => ({ ...view, zoom: Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, view.zoom * factor)) });

/** `depth`: larger is nearer to the reader; `size`: 1 in the middle of the space. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
  readonly size: number;
}

/** What turns a place into pixels of a picture. */
export function projector(view: View, width: number, height: number): (place: Place) => Seen {
  const [right, up, towards] = rotation(view);
  // The space's corners are within the picture, unless it is tipped far over.
  const unit = Math.min(width / 3.2, height / 3.1) * view.zoom;
  const dot = (row: Place, [x, y, z]: Place): number => row[0] * x + row[1] * y + row[2] * z;
  return (place) => {
    const depth = dot(towards, place);
    const size = DISTANCE / (DISTANCE - depth);
    return { x: width / 2 + dot(right, place) * unit * size, y: height / 2 - dot(up, place) * unit * size, depth, size };
  };
}

/** The order in which things are drawn: the farthest first, so that nearer ones cover them. */
export const depthOrder = (seen: readonly Pick<Seen, "depth">[]): number[] => [...seen.keys()].sort((a, b) => (seen[a]?.depth ?? 0) - (seen[b]?.depth ?? 0) || a - b);

/** Which one is at a pixel: the nearest to it, and of those as near the one that is not covered. */
export function hit(seen: readonly Seen[], x: number, y: number, reach = 12): number | null {
  let best: { at: number; away: number; depth: number } | null = null;
  seen.forEach((each, at) => {
    const away = Math.hypot(each.x - x, each.y - y);
    if (away > reach) return;
    if (best === null || away < best.away - 1 || (away < best.away + 1 && each.depth > best.depth)) best = { at, away, depth: each.depth };
  });
  return (best as { at: number } | null)?.at ?? null;
}

/** From -1 to 1 for the first to the last of so many; 0 for the only one. */
export const spread = (at: number, count: number): number => (count < 2 ? 0 : (2 * at) / (count - 1) - 1);
