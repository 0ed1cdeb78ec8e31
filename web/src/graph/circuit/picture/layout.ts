/**
 * Where the parts of a circuit stand: in rows from the tokens up to the logits by the layers of their nodes, each above
 * what it reads; or where somebody put them.
 */
import type { Place, Work } from "../../work/work";
import type { Part } from "../parts";
import type { Box, Size } from "./lines";
import type { Joined } from "./links";
import { spaced } from "./spaced";

export interface Layout {
  /** All of the drawing, at least the room that there is. */
  world: Size;
  /** Where the parts stand by themselves. */
  boxes: ReadonlyMap<string, Box>;
  /** The members of expanded supernodes, each from the left and the top of their supernode's own room. */
  inner: ReadonlyMap<string, { size: Size; boxes: ReadonlyMap<string, Box> }>;
}

/** Around a circuit; around the members of an expanded supernode, and the line of its name. */
const [MARGIN, PADDING, HEAD] = [20, 12, 22];
/** Between boxes side by side, of which tokens are many; between rows at least and at most. */
const [BESIDE, BESIDE_TOKENS, ABOVE, MOST_ABOVE] = [24, 8, 46, 140];
/** Between the members of a supernode. */
const WITHIN = { beside: 12, above: 20 };
/** A circuit that is narrower than its room is drawn apart by at most this factor. */
const MOST_APART = 1.6;
/** The room that a link takes between boxes. */
const LANE: Size = { width: 14, height: 0 };
/** Times that every row is put in order by the rows around it. */
const SWEEPS = 12;
/** Parts of which one gives the other so much of its input do not stand side by side. */
const STRONG = 0.1;

/**
 * The layout of a circuit. `joined`: of the parts, and of the members of those that are expanded. `sizes`: of every part
 * that is drawn as one.
 */
export function arranged(parts: readonly Part[], joined: readonly Joined[], sizes: ReadonlyMap<string, Size>, room: Size): Layout {
  const inner = new Map(parts.flatMap(({ key, members }) => (members ? [[key, clustered(members, joined, sizes)]] : [])));
  const outerSizes = new Map(sizes);
  for (const [key, { size }] of inner) outerSizes.set(key, size);
  const sized = (part: Part): Size => outerSizes.get(part.key) ?? NO_SIZE;
  const width = Math.max(room.width - 2 * MARGIN, ...parts.map((part) => sized(part).width));
  const fitting = Math.max(3, Math.floor((room.height - 2 * MARGIN) / (40 + ABOVE)));
  const rows = rowsOf(parts, joined, sized, width, fitting, BESIDE);
  const across = acrossRows(...withLanes(rows, joined, sized, width, BESIDE), width, BESIDE);
  const used = Math.max(room.width, ...rows.map((row) => widthOf(row, sized, BESIDE) + 2 * MARGIN));
  const heights = rows.map((row) => Math.max(...row.map((part) => sized(part).height)));
  const tall = heights.reduce((sum, height) => sum + height, 0);
  const gaps = Math.max(1, rows.length - 1);
  const above = Math.min(MOST_ABOVE, Math.max(ABOVE, (room.height - 2 * MARGIN - tall) / gaps));
  const all = tall + above * (rows.length - 1);
  const world = { width: used, height: Math.max(room.height, all + 2 * MARGIN) };
  const down = downRows(heights, above, MARGIN + (world.height - 2 * MARGIN - all) / 2);
  return { world, boxes: boxed(rows, across, down, sized, MARGIN), inner };
}

/** The boxes of all parts and members, those with a place there. `places`: parts of the world's width and height. */
export function placedBoxes({ world, boxes, inner }: Layout, places: Work["places"]): Map<string, Box> {
  const found = new Map<string, Box>();
  for (const [key, box] of boxes) {
    const place = places[key];
    const at = place ? placed(box, place, world) : box;
    found.set(key, at);
    for (const [member, within] of inner.get(key)?.boxes ?? []) {
      found.set(member, { ...within, x: at.x - at.width / 2 + within.x, y: at.y - at.height / 2 + within.y });
    }
  }
  return found;
}

/** The place of a box's middle. */
export const placeAt = ({ x, y }: Pick<Box, "x" | "y">, world: Size): Place => [fraction(x / world.width), fraction(y / world.height)];

const fraction = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;

/** A box at a place, whole inside the world. */
function placed(box: Box, [x, y]: Place, world: Size): Box {
  const inside = (value: number, half: number, size: number) => Math.max(half + 2, Math.min(value, size - half - 2));
  return { ...box, x: inside(x * world.width, box.width / 2, world.width), y: inside(y * world.height, box.height / 2, world.height) };
}

const NO_SIZE: Size = { width: 60, height: 30 };

type Sized = (part: Part) => Size;

/** The members of an expanded supernode: about as many rows as columns. */
function clustered(members: readonly Part[], joined: readonly Joined[], sizes: ReadonlyMap<string, Size>): { size: Size; boxes: Map<string, Box> } {
  const sized = (part: Part): Size => sizes.get(part.key) ?? NO_SIZE;
  const columns = Math.ceil(Math.sqrt(members.length));
  const widest = Math.max(...members.map((part) => sized(part).width));
  const room = columns * widest + (columns - 1) * WITHIN.beside;
  const rows = rowsOf(members, [], sized, room, columns, WITHIN.beside);
  const width = Math.max(...rows.map((row) => widthOf(row, sized, WITHIN.beside)));
  const across = acrossRows(...withLanes(rows, joined, sized, width, WITHIN.beside), width, WITHIN.beside);
  const heights = rows.map((row) => Math.max(...row.map((part) => sized(part).height)));
  const down = downRows(heights, WITHIN.above, HEAD + PADDING / 2);
  const height = heights.reduce((sum, each) => sum + each, 0) + WITHIN.above * (rows.length - 1) + HEAD + 1.5 * PADDING;
  return { size: { width: width + 2 * PADDING, height }, boxes: boxed(rows, across, down, sized, PADDING) };
}

const gapIn = (row: readonly Part[], beside: number): number => (row[0]?.row === "tokens" ? Math.min(beside, BESIDE_TOKENS) : beside);

const widthOf = (row: readonly Part[], sized: Sized, beside: number): number => row.reduce((sum, part) => sum + sized(part).width, gapIn(row, beside) * (row.length - 1));

/**
 * The rows from the bottom up: tokens, then the rest by their mean layers, then logits. Neighbouring rows of the least
 * difference in layers become one until they are `fitting` many, or none fit into the `width` together.
 */
function rowsOf(parts: readonly Part[], joined: readonly Joined[], sized: Sized, width: number, fitting: number, beside: number): Part[][] {
  const of = (row: Part["row"]): Part[] => parts.filter((part) => part.row === row);
  const ends = [of("tokens"), of("logits")].filter(({ length }) => length > 0).length;
  const rows = of("between")
    .toSorted((a, b) => a.layer - b.layer)
    .map((part) => [part]);
  const strong = new Map<string, Set<string>>();
  for (const { source, target, share } of joined) {
    if (share < STRONG) continue;
    strong.set(source, (strong.get(source) ?? new Set()).add(target));
  }
  const isApart = (row: readonly Part[], other: readonly Part[]): boolean =>
    row.some((one) => other.some((each) => strong.get(one.key)?.has(each.key) === true || strong.get(each.key)?.has(one.key) === true));
  const layer = (row: readonly Part[]): number => row.reduce((sum, part) => sum + part.layer, 0) / row.length;
  const merge = (isAllowed: (row: readonly Part[], next: readonly Part[]) => boolean): boolean => {
    let best: { at: number; difference: number } | null = null;
    for (let at = 0; at + 1 < rows.length; at++) {
      const [row = [], next = []] = [rows[at], rows[at + 1]];
      const difference = layer(next) - layer(row);
      const fits = widthOf([...row, ...next], sized, beside) <= width;
      if (fits && isAllowed(row, next) && (best === null || difference < best.difference)) best = { at, difference };
    }
    if (best === null) return false;
    rows.splice(best.at, 2, [...(rows[best.at] ?? []), ...(rows[best.at + 1] ?? [])]);
    return true;
  };
  while (rows.length + ends > fitting && (merge((row, next) => !isApart(row, next)) || merge(() => true)));
  return [of("tokens"), ...rows, of("logits")].filter((row) => row.length > 0);
}

/**
 * The rows with lanes in them, through which long links pass between the boxes: the strongest first, as far as there is
 * room. The links are those from row to row.
 */
function withLanes(rows: readonly Part[][], joined: readonly Joined[], sized: Sized, width: number, beside: number): [rows: Part[][], joined: Joined[], sized: Sized] {
  const rowOf = new Map(rows.flatMap((row, at) => row.map((part) => [part.key, at] as const)));
  const laned = rows.map((row) => [...row]);
  const lanes = new Set<string>();
  const sizedLane = (part: Part): Size => (lanes.has(part.key) ? LANE : sized(part));
  const steps = joined
    .toSorted((a, b) => b.share - a.share)
    .flatMap((link) => {
      const [from, to] = [rowOf.get(link.source) ?? 0, rowOf.get(link.target) ?? 0];
      const passed = laned.slice(from + 1, to);
      if (link.share < STRONG || passed.length === 0 || passed.some((row) => widthOf(row, sizedLane, beside) + beside + LANE.width > width)) return [link];
      const keys = passed.map((row, at) => {
        const [beside] = row;
        const key = `${link.source} ${link.target} ${at}`;
        lanes.add(key);
        if (beside) row.push({ ...beside, key, position: 0 });
        return key;
      });
      const all = [link.source, ...keys, link.target];
      return all.slice(1).map((target, at) => ({ source: all[at] ?? "", target, share: link.share }));
    });
  return [laned, steps, sizedLane];
}

/** The middle of each part from the left of the rows: near what it is joined to, without overlaps. Tokens keep their order. */
function acrossRows(rows: readonly Part[][], joined: readonly Joined[], sized: Sized, width: number, beside: number): Map<string, number> {
  const room = Math.max(width, ...rows.map((row) => widthOf(row, sized, beside)));
  const positions = rows.flat().map(({ position }) => position);
  const [first, last] = [Math.min(...positions), Math.max(...positions)];
  const x = new Map(rows.flat().map(({ key, position }) => [key, last > first ? (room * (position - first + 0.5)) / (last - first + 1) : room / 2]));
  const neighbours = new Map<string, [key: string, share: number][]>();
  for (const { source, target, share } of joined) {
    for (const [one, other] of [[source, target] as const, [target, source] as const]) neighbours.set(one, [...(neighbours.get(one) ?? []), [other, share]]);
  }
  const wanted = ({ key }: Part, among: ReadonlySet<string> | null): number => {
    const near = (neighbours.get(key) ?? []).filter(([other]) => x.has(other) && (among === null || among.has(other)));
    const all = near.reduce((sum, [, share]) => sum + share, 0);
    return all > 0 ? near.reduce((sum, [other, share]) => sum + share * (x.get(other) ?? 0), 0) / all : (x.get(key) ?? 0);
  };
  const put = (row: readonly Part[], among: ReadonlySet<string> | null): void => {
    const wishes = row.map((part) => ({ part, at: wanted(part, among) }));
    const order = row[0]?.row === "tokens" ? wishes.toSorted((a, b) => a.part.position - b.part.position) : wishes.toSorted((a, b) => a.at - b.at);
    const found = spaced(
      order.map(({ at }) => at),
      order.map(({ part }) => sized(part).width),
      gapIn(row, beside),
      room,
    );
    order.forEach(({ part }, place) => x.set(part.key, found[place] ?? 0));
  };
  for (const row of rows) put(row, new Set());
  const keys = rows.map((row) => row.map(({ key }) => key));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    rows.forEach((row, at) => at > 0 && put(row, new Set(keys.slice(0, at).flat())));
    rows.toReversed().forEach((row, back) => back > 0 && put(row, new Set(keys.slice(rows.length - back).flat())));
  }
  for (const row of rows) put(row, null);
  // What pulls at boxes from all sides draws them together: the whole is drawn apart again, as far as there is room.
  const edges = rows.flat().map((part) => ({ x: x.get(part.key) ?? 0, half: sized(part).width / 2 }));
  const left = Math.min(...edges.map(({ x, half }) => x - half));
  const right = Math.max(...edges.map(({ x, half }) => x + half));
  const apart = Math.min(MOST_APART, Math.max(1, room / Math.max(1, right - left)));
  for (const [key, at] of x) x.set(key, room / 2 + (at - (left + right) / 2) * apart);
  return x;
}

/** The middle of each row from the top; `heights` are given from the bottom up. */
function downRows(heights: readonly number[], above: number, top: number): number[] {
  let y = top;
  return heights
    .toReversed()
    .map((height) => {
      const middle = y + height / 2;
      y += height + above;
      return middle;
    })
    .toReversed();
}

const boxed = (rows: readonly Part[][], across: ReadonlyMap<string, number>, down: readonly number[], sized: Sized, left: number): Map<string, Box> =>
  new Map(rows.flatMap((row, at) => row.map((part) => [part.key, { ...sized(part), x: left + (across.get(part.key) ?? 0), y: down[at] ?? 0 }] as const)));
