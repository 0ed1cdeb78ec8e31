/** Colours of numbers: one ramp for what is never negative, one with two arms for what has a sign. */

export type Rgb = readonly [red: number, green: number, blue: number];

/** How numbers are coloured. `most`: the size that has the full colour; 0 where all are 0. */
export interface Scale {
  readonly signed: boolean;
  readonly most: number;
}

/** Colours from 0 to the full one; of a signed scale from the most negative on, 0 in the middle. */
export interface Ramp {
  /** As a picture has them: the four bytes of a pixel in one number. */
  readonly colours: Uint32Array;
}

/** The steps of an arm, from 0 to the full colour. */
export const STEPS = 255;

/**
 * A ramp through colours that lie at even distances. Its lightness (of OKLab) is a straight line from the first to the last,
 * whatever lies between, so that equal differences look equal.
 */
export const sequentialRamp = (through: readonly Rgb[]): Ramp => rampOf(arm(through.map(toLab)));

/** Two arms from one colour, of the same lightness at equal sizes. */
export function divergingRamp(negative: Rgb, zero: Rgb, positive: Rgb): Ramp {
  const [low, middle, high] = [toLab(negative), toLab(zero), toLab(positive)];
  const lightness = (low[0] + high[0]) / 2;
  const [below, above] = [low, high].map(([, a, b]) => arm([middle, [lightness, a, b]]));
  return rampOf([...(below ?? []).slice(1).reverse(), ...(above ?? [])]);
}

/** The place of a number's colour in a ramp; sizes above the scale's have the full colour. Not of NaN, which has none. */
export function stepOf(value: number, { signed, most }: Scale): number {
  const step = most > 0 ? Math.round((value / most) * STEPS) : 0;
  return signed ? STEPS + Math.max(-STEPS, Math.min(STEPS, step)) : Math.max(0, Math.min(STEPS, step));
}

/** A number's colour as CSS has it; null: it is not known. */
export function colourOf(value: number, scale: Scale, ramp: Ramp): string | null {
  return Number.isNaN(value) ? null : `rgb(${rgbAt(ramp, stepOf(value, scale)).join(", ")})`;
}

/** The colour at a place of a ramp. */
export const rgbAt = ({ colours }: Ramp, step: number): Rgb => {
  const [red = 0, green = 0, blue = 0] = new Uint8Array(colours.buffer, 4 * step, 3);
  return [red, green, blue];
};

type Lab = readonly [lightness: number, a: number, b: number];

/** From the first colour to the last in `STEPS` steps. */
function arm(through: readonly Lab[]): Lab[] {
  const last = through.length - 1;
  const [first, end] = [through[0] ?? [0, 0, 0], through[last] ?? [0, 0, 0]];
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const part = step / STEPS;
    const at = Math.min(last - 1, Math.floor(part * last));
    const [from, to] = [through[at] ?? first, through[at + 1] ?? end];
    const between = part * last - at;
    return [mix(first[0], end[0], part), mix(from[1], to[1], between), mix(from[2], to[2], between)];
  });
}

const mix = (from: number, to: number, part: number): number => from + (to - from) * part;

const rampOf = (colours: readonly Lab[]): Ramp => ({ colours: new Uint32Array(Uint8Array.from(colours.flatMap((colour) => [...toRgb(colour), 255])).buffer) });

/** OKLab (Björn Ottosson, 2020) of a colour of sRGB. */
export function toLab(colour: Rgb): Lab {
  const [red = 0, green = 0, blue = 0] = colour.map((value) => linear(value / 255));
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function toRgb([lightness, a, b]: Lab): number[] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s].map(
    (value) => Math.round(255 * Math.max(0, Math.min(1, encoded(value)))),
  );
}

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const encoded = (value: number): number => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
