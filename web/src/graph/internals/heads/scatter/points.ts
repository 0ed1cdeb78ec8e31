/** Where heads stand between two axes, which are named, and where the arrow keys lead. */
import { scaleLinear } from "d3-scale";
import type { HeadValues } from "../measures";

export interface Axis {
  /** The pixel of a value. */
  at: (value: number) => number;
  ticks: readonly { readonly value: number; readonly text: string }[];
}

/** An axis between two pixels that has room for all known values; 0 is on that of a signed figure. */
export function axis({ values, measure }: HeadValues, from: number, to: number): Axis {
  let [least, most] = measure.isSigned ? [0, 0] : [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (least > most) [least, most] = [0, 1];
  // Of one value only, or 0 only: some room about it.
  if (least === most) [least, most] = [least - (Math.abs(least) || 1) / 2, most + (Math.abs(most) || 1) / 2];
  const nTicks = Math.max(2, Math.round(Math.abs(to - from) / 70));
  const scale = scaleLinear().domain([least, most]).range([from, to]).nice(nTicks);
  const format = scale.tickFormat(nTicks);
  return { at: (value) => scale(value), ticks: scale.ticks(nTicks).map((value) => ({ value, text: format(value) })) };
}

export interface Point {
  /** The head's place among all. */
  readonly place: number;
  readonly x: number;
  readonly y: number;
}

/** The heads of which both figures are known, in pixels. */
export function points(across: Float32Array, up: Float32Array, axisX: Axis, axisY: Axis): Point[] {
  return Array.from(across.keys(), (place) => ({ place, x: axisX.at(across[place] ?? NaN), y: axisY.at(up[place] ?? NaN) })).filter(
    ({ x, y }) => Number.isFinite(x) && Number.isFinite(y),
  );
}

export interface NamedPoint extends Point {
  readonly text: string;
  /** Left end and base line of the name. */
  readonly left: number;
  readonly base: number;
}

const LETTER = 7;
const LINE = 12;
const GAP = 6;

/**
 * The points that are named: those farthest from the middle of all first, and of the others those whose names have room.
 * `first`: the point that is named in any case.
 */
export function named(all: readonly Point[], textOf: (place: number) => string, width: number, first: number | null): NamedPoint[] {
  const middle = { x: median(all.map(({ x }) => x)), y: median(all.map(({ y }) => y)) };
  const far = ({ x, y }: Point): number => Math.hypot(x - middle.x, y - middle.y);
  const order = [...all].sort((a, b) => Number(b.place === first) - Number(a.place === first) || far(b) - far(a));
  const found: (NamedPoint & { right: number })[] = [];
  for (const point of order) {
    const text = textOf(point.place);
    const wide = text.length * LETTER;
    const left = point.x + GAP + wide > width ? point.x - GAP - wide : point.x + GAP;
    const next = { ...point, text, left, right: left + wide, base: point.y + 4 };
    const covers = found.some((other) => next.left < other.right && other.left < next.right && Math.abs(next.base - other.base) < LINE);
    const hides = all.some(({ place, x, y }) => place !== point.place && x > next.left - 3 && x < next.right + 3 && Math.abs(y - point.y) < LINE / 2);
    if (point.place === first || !(covers || hides)) found.push(next);
  }
  return found;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const AXIS_OF: Record<string, readonly ["x" | "y", 1 | -1]> = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", -1], ArrowDown: ["y", 1] };

/** The point to which a key leads: the next one along an axis, so that every point is reached; null where none is. */
export function nextPoint(key: string, from: number | null, all: readonly Point[]): number | null {
  const way = AXIS_OF[key];
  if (way === undefined) return null;
  const [along, step] = way;
  const other = along === "x" ? "y" : "x";
  const order = [...all].sort((a, b) => a[along] - b[along] || a[other] - b[other] || a.place - b.place);
  const at = order.findIndex(({ place }) => place === from);
  return (at < 0 ? order[step === 1 ? 0 : order.length - 1] : order[at + step])?.place ?? null;
}

/** The point nearest to a pixel, within a reach. */
export function nearest(all: readonly Point[], x: number, y: number, reach = 14): number | null {
  let best: { place: number; away: number } | null = null;
  for (const point of all) {
    const away = Math.hypot(point.x - x, point.y - y);
    if (away <= reach && away < (best?.away ?? Infinity)) best = { place: point.place, away };
  }
  return best?.place ?? null;
}
