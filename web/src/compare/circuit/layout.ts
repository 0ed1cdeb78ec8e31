/** Where the parts of a difference stand: three bands beside each other, tokens at the foot, the target on top. */
import type { Difference, Link, Part } from "./difference";
import { sizeOf } from "./difference";

export const WIDTH = 960;
export const BOX = { width: 208, height: 26 };
/** From one row of a band to the next. */
const STEP = 40;
/** Above and below the rows. */
const MARGIN = 24;
/** Links that are drawn at most, of each graph: more are a web that tells nothing. */
export const MOST_LINKS = 16;

export interface Placed {
  part: Part;
  /** The middle of the box. */
  x: number;
  y: number;
}

export interface Layout {
  height: number;
  placed: ReadonlyMap<string, Placed>;
  /** Of the links that are drawn, the strongest last. */
  links: readonly { link: Link; path: string; width: number }[];
}

const BAND_X = { a: WIDTH / 6, both: WIDTH / 2, b: (WIDTH * 5) / 6 };

export function layoutOf({ parts, links }: Difference): Layout {
  const ofBand = (where: Part["where"]) => parts.filter((part) => part.where === where && part.kind !== "target");
  const most = Math.max(1, ...(["a", "both", "b"] as const).map((where) => ofBand(where).length));
  // The target is above all of them.
  const height = 2 * MARGIN + (most + 1) * STEP;
  const placed = new Map<string, Placed>();
  for (const where of ["a", "both", "b"] as const) {
    const band = ofBand(where);
    // A band of few parts is as high as the others, so that tokens are at the foot and late layers on top of each.
    const step = band.length > 1 ? ((most - 1) * STEP) / (band.length - 1) : 0;
    band.forEach((part, at) => placed.set(part.key, { part, x: BAND_X[where], y: height - MARGIN - STEP / 2 - at * step }));
  }
  const target = parts.find(({ kind }) => kind === "target");
  if (target) placed.set(target.key, { part: target, x: BAND_X[target.where], y: MARGIN + STEP / 2 });

  const strongest = new Set<Link>();
  for (const side of ["a", "b"] as const) {
    const of = links.filter((link) => link[side] !== null).sort((one, other) => (other[side]?.influence ?? 0) - (one[side]?.influence ?? 0));
    for (const link of of.slice(0, MOST_LINKS)) strongest.add(link);
  }
  const drawn = links.filter((link) => strongest.has(link)).reverse();
  const widest = Math.max(0, ...drawn.map(sizeOf));
  return {
    height,
    placed,
    links: drawn.flatMap((link) => {
      const [from, to] = [placed.get(link.source), placed.get(link.target)];
      return from && to ? [{ link, path: pathOf(from, to), width: 1 + 6 * (widest > 0 ? sizeOf(link) / widest : 0) }] : [];
    }),
  };
}

/** A curve between two boxes: from side to side, round the boxes between them where they are of one band. */
function pathOf(from: Placed, to: Placed): string {
  const half = BOX.width / 2;
  if (from.x === to.x) {
    const rows = Math.abs(from.y - to.y) / STEP;
    if (rows < 1.5) return `M${from.x} ${from.y - BOX.height / 2}L${to.x} ${to.y + BOX.height / 2}`;
    const x = from.x + half;
    const bow = x + Math.min(46, 10 + 5 * rows);
    return `M${x} ${from.y}C${bow} ${from.y} ${bow} ${to.y} ${x} ${to.y}`;
  }
  const towards = Math.sign(to.x - from.x);
  const [x, end] = [from.x + towards * half, to.x - towards * half];
  const middle = (x + end) / 2;
  return `M${x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${end} ${to.y}`;
}
