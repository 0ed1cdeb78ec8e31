/**
 * All links as one picture of their density, computed without a canvas, so that a worker and a test can do it.
 *
 * 1. Each link is a cubic curve that leaves and arrives vertically; its ink is the square root of its share,
 *    laid down along its length into one of two planes, excitation or inhibition.
 * 2. A pixel's ink becomes opacity by ink / (1 + ink) after an exposure under which the 90th percentile of
 *    the inked pixels is well visible: 300 links and 300,000 both read as texture.
 * 3. Its hue is the mix of the two planes.
 */
import type { EdgesAnswer } from "../../../api/types";

export interface Links {
  source: Uint32Array;
  target: Uint32Array;
  /** Signed: the square root of the share, negative where the source inhibits. */
  ink: Float32Array;
}

/** Places (device pixels) = places (layout) * (kx, ky) + (tx, ty). */
export interface View {
  kx: number;
  ky: number;
  tx: number;
  ty: number;
}

export interface Density {
  width: number;
  height: number;
  excites: Float32Array;
  inhibits: Float32Array;
}

export type Rgb = readonly [number, number, number];

/** The opacity of the picture where it is most. */
export const STRONGEST = 0.52;

/** Pixels between two drops of ink. Among many links nobody sees that each is a little dotted. */
const FINEST = 0.75;
const COARSEST = 3;
/** Links at which the drops are one pixel apart; they lie further apart with more. */
const MANY = 40_000;

/** The square root of a link's share, negative where it inhibits. */
const inkOf = (weight: number, share: number): number => Math.sqrt(share) * (weight < 0 ? -1 : 1);

/** The links whose ends are both drawn. `shows`: for each node 1 where it is. */
export function linksBetween({ source, target, weight, share }: Omit<EdgesAnswer, "graph">, shows: Uint8Array): Links {
  const isShown = (edge: number): boolean => shows[source[edge] ?? 0] === 1 && shows[target[edge] ?? 0] === 1;
  let length = 0;
  for (let edge = 0; edge < source.length; edge++) length += Number(isShown(edge));
  const links = { source: new Uint32Array(length), target: new Uint32Array(length), ink: new Float32Array(length) };
  for (let edge = 0, at = 0; edge < source.length; edge++) {
    if (!isShown(edge)) continue;
    links.source[at] = source[edge] ?? 0;
    links.target[at] = target[edge] ?? 0;
    links.ink[at++] = inkOf(weight[edge] ?? 0, share[edge] ?? 0);
  }
  return links;
}

/** The parameter (0 to 1) at which a vertical S-curve from height 0 to 1 reaches `height`. */
function parameterAt(height: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 14; step++) {
    const t = (low + high) / 2;
    const y = 1.5 * t * (1 - t) + t * t * t; // control points at half the height
    if (y < height) low = t;
    else high = t;
  }
  return (low + high) / 2;
}

export function rasterise(
  links: Links,
  x: Float32Array,
  y: Float32Array,
  view: View,
  width: number,
  height: number,
): Density {
  const excites = new Float32Array(width * height);
  const inhibits = new Float32Array(width * height);
  const right = width - 1.001;
  const bottom = height - 1.001;
  const stride = Math.min(COARSEST, Math.max(FINEST, links.ink.length / MANY));
  const coarse = stride > FINEST;
  for (let link = 0; link < links.ink.length; link++) {
    const from = links.source[link] ?? 0;
    const to = links.target[link] ?? 0;
    const x0 = (x[from] ?? 0) * view.kx + view.tx;
    const y0 = (y[from] ?? 0) * view.ky + view.ty;
    const x1 = (x[to] ?? 0) * view.kx + view.tx;
    const y1 = (y[to] ?? 0) * view.ky + view.ty;
    if (Math.max(x0, x1) < 0 || Math.min(x0, x1) > right) continue;
    if (Math.max(y0, y1) < 0 || Math.min(y0, y1) > bottom) continue;
    const signed = links.ink[link] ?? 0;
    const plane = signed < 0 ? inhibits : excites;
    const ink = Math.abs(signed);
    const dx = x1 - x0;
    const dy = y1 - y0;

    let first = 0;
    let last = 1;
    if (y0 < 0 || y0 > bottom) first = parameterAt(((y0 < 0 ? 0 : bottom) - y0) / dy);
    if (y1 < 0 || y1 > bottom) last = parameterAt(((y1 < 0 ? 0 : bottom) - y0) / dy);
    const steps = Math.max(2, Math.ceil((Math.sqrt(dx * dx + dy * dy) * (last - first)) / stride));
    const dt = (last - first) / steps;

    let px = x0;
    let py = y0;
    if (first > 0) {
      const f2 = first * first;
      px = x0 + dx * f2 * (3 - 2 * first);
      py = y0 + dy * (1.5 * first - 1.5 * f2 + f2 * first);
    }
    for (let step = 1; step <= steps; step++) {
      const t = first + step * dt;
      const t2 = t * t;
      const cx = x0 + dx * t2 * (3 - 2 * t);
      const cy = y0 + dy * (1.5 * t - 1.5 * t2 + t2 * t);
      if (cx >= 0 && cx <= right && cy >= 0 && cy <= bottom) {
        const mx = cx - px;
        const my = cy - py;
        const amount = ink * Math.sqrt(mx * mx + my * my);
        const col = cx | 0;
        const row = cy | 0;
        const fx = cx - col;
        const at = row * width + col;
        if (coarse) {
          plane[at] = (plane[at] ?? 0) + amount * (1 - fx);
          plane[at + 1] = (plane[at + 1] ?? 0) + amount * fx;
          px = cx;
          py = cy;
          continue;
        }
        const fy = cy - row;
        const upper = amount * (1 - fy);
        const lower = amount * fy;
        const below = at + width;
        plane[at] = (plane[at] ?? 0) + upper * (1 - fx);
        plane[at + 1] = (plane[at + 1] ?? 0) + upper * fx;
        plane[below] = (plane[below] ?? 0) + lower * (1 - fx);
        plane[below + 1] = (plane[below + 1] ?? 0) + lower * fx;
      }
      px = cx;
      py = cy;
    }
  }
  return { width, height, excites, inhibits };
}

/** The factor on ink at which the 90th percentile of the inked pixels becomes 1.6 (an opacity of 0.6). */
export function exposure(density: Density): number {
  const { excites, inhibits } = density;
  const stride = Math.max(1, Math.floor(excites.length / 40_000));
  const seen: number[] = [];
  for (let at = 0; at < excites.length; at += stride) {
    const ink = (excites[at] ?? 0) + (inhibits[at] ?? 0);
    if (ink > 0) seen.push(ink);
  }
  if (seen.length === 0) return 1;
  seen.sort((a, b) => a - b);
  return 1.6 / (seen[Math.floor(seen.length * 0.9)] ?? 1);
}

/** The density as pixels (RGBA, not premultiplied) with an opacity of at most `strongest`. */
export function develop(
  density: Density,
  gain: number,
  excites: Rgb,
  inhibits: Rgb,
  strongest: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(density.width * density.height * 4);
  for (let at = 0, byte = 0; at < density.excites.length; at++, byte += 4) {
    const plus = density.excites[at] ?? 0;
    const minus = density.inhibits[at] ?? 0;
    const ink = plus + minus;
    if (ink === 0) continue;
    const lit = ink * gain;
    const mix = minus / ink;
    pixels[byte] = excites[0] + (inhibits[0] - excites[0]) * mix;
    pixels[byte + 1] = excites[1] + (inhibits[1] - excites[1]) * mix;
    pixels[byte + 2] = excites[2] + (inhibits[2] - excites[2]) * mix;
    pixels[byte + 3] = 255 * strongest * (lit / (1 + lit));
  }
  return pixels;
}
