import { describe, expect, it } from "vitest";
import type { Part } from "../parts";
import { arranged, placeAt, placedBoxes, type Layout } from "./layout";
import type { Box } from "./lines";
import type { Joined } from "./links";

const made = (key: string, row: Part["row"], layer: number, position = 0, members: Part[] | null = null): Part => ({
  key,
  name: key,
  isToken: false,
  note: null,
  nodes: [],
  supernode: members ? key : null,
  colour: null,
  row,
  layer,
  position,
  members,
});

const tokens = ["the", "Dallas", "is"].map((name, position) => made(name, "tokens", -1, position));
const low = made("low", "between", 1, 1);
const high = made("high", "between", 20, 2);
const beside = made("beside", "between", 20.5, 2);
const austin = made("Austin", "logits", 26, 2);
const parts = [austin, beside, high, low, ...tokens.toReversed()];
const joined: Joined[] = [
  { source: "Dallas", target: "low", share: 1 },
  { source: "low", target: "high", share: 0.5 },
  { source: "high", target: "Austin", share: 0.5 },
  { source: "beside", target: "Austin", share: 0.2 },
];
const ROOM = { width: 600, height: 500 };
const sizesOf = (all: readonly Part[]) => new Map(all.map(({ key }) => [key, { width: 100, height: 40 }]));
const laid = (all: readonly Part[] = parts, room = ROOM): Layout => arranged(all, joined, sizesOf(all.flatMap((part) => part.members ?? [part])), room);

const at = (boxes: ReadonlyMap<string, Box>, key: string): Box => {
  const box = boxes.get(key);
  if (!box) throw new Error(`no box of ${key}`);
  return box;
};

const overlap = (a: Box, b: Box): boolean => Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;

function expectApart(boxes: ReadonlyMap<string, Box>, { world }: Layout): void {
  const all = [...boxes.values()];
  for (const [one, box] of all.entries()) {
    for (const other of all.slice(one + 1)) expect(overlap(box, other)).toBe(false);
    expect([box.x - box.width / 2 >= 0, box.x + box.width / 2 <= world.width, box.y - box.height / 2 >= 0, box.y + box.height / 2 <= world.height]).toEqual([true, true, true, true]);
  }
}

describe("a circuit's layout", () => {
  it("has tokens at the bottom in their order, logits on top, and the rest between by layer, without overlaps", () => {
    const { world, boxes } = laid();
    expect(world).toEqual(ROOM);
    expectApart(boxes, laid());
    const y = (key: string) => at(boxes, key).y;
    expect([y("Austin") < y("high"), y("high") < y("low"), y("low") < y("Dallas"), y("the") === y("is")]).toEqual([true, true, true, true]);
    expect(tokens.map(({ key }) => at(boxes, key).x)).toEqual(tokens.map(({ key }) => at(boxes, key).x).toSorted((a, b) => a - b));
  });
  it("puts parts of like layers side by side where rows are few, but not one above which another stands", () => {
    const { boxes } = laid(parts, { width: 600, height: 430 });
    expect(at(boxes, "high").y).toBe(at(boxes, "beside").y);
    expect(at(boxes, "low").y).not.toBe(at(boxes, "high").y);
  });
  it("is larger than its room where so many parts do not fit", () => {
    const many = Array.from({ length: 60 }, (_, n) => made(`part ${n}`, "between", n % 7, n % 5));
    const layout = laid([...many, ...tokens, austin], { width: 500, height: 300 });
    expect([layout.world.width, layout.world.height > 300]).toEqual([500, true]);
    expectApart(layout.boxes, layout);
    const row = Array.from({ length: 40 }, (_, n) => made(`token ${n}`, "tokens", -1, n));
    expect(laid(row, ROOM).world.width).toBeGreaterThan(40 * 100);
  });
  it("is the same each time, of one part, and in hardly any room", () => {
    expect(laid()).toEqual(laid());
    expect(at(laid([low]).boxes, "low").x).toBe(300);
    expect(laid([low], { width: 0, height: 0 }).world.width).toBeGreaterThan(100);
  });
});

describe("places", () => {
  it("that somebody chose are parts of the world, and keep a box inside", () => {
    const layout = laid();
    const boxes = placedBoxes(layout, { low: [0.5, 0.25], high: [0, 1], gone: [0.5, 0.5] });
    expect(at(boxes, "low")).toMatchObject({ x: 300, y: 125 });
    expect(at(boxes, "high")).toMatchObject({ x: 52, y: 478 });
    expect(boxes.has("gone")).toBe(false);
    expect(placeAt(at(boxes, "low"), layout.world)).toEqual([0.5, 0.25]);
    expect(placeAt({ x: -30, y: 9000 }, layout.world)).toEqual([0, 1]);
  });
  it("of an expanded supernode take its members along", () => {
    const members = Array.from({ length: 5 }, (_, n) => made(`member ${n}`, "between", n, n));
    const texas = made("=Texas", "between", 9, 1, members);
    const layout = laid([texas, ...tokens]);
    const boxes = placedBoxes(layout, {});
    const hull = at(boxes, "=Texas");
    for (const { key } of members) {
      const box = at(boxes, key);
      expect([Math.abs(box.x - hull.x) + 50 < hull.width / 2, Math.abs(box.y - hull.y) + 20 < hull.height / 2]).toEqual([true, true]);
    }
    const inside = new Map(members.map(({ key }) => [key, at(boxes, key)]));
    expectApart(inside, layout);
    const moved = placedBoxes(layout, { "=Texas": [0.5, 0.5] });
    const [dx, dy] = [at(moved, "=Texas").x - hull.x, at(moved, "=Texas").y - hull.y];
    expect(at(moved, "member 0").x).toBeCloseTo(at(boxes, "member 0").x + dx);
    expect(at(moved, "member 0").y).toBeCloseTo(at(boxes, "member 0").y + dy);
  });
});

it("a link that is longer than a row passes beside what stands between", () => {
  const [a, b, c] = [made("a", "between", 1), made("b", "between", 2), made("c", "between", 3)];
  const chain: Joined[] = [
    { source: "a", target: "b", share: 0.5 },
    { source: "b", target: "c", share: 0.5 },
  ];
  const x = (links: Joined[]) => arranged([a, b, c], links, sizesOf([a, b, c]), ROOM).boxes;
  expect(new Set([...x(chain).values()].map((box) => box.x)).size).toBe(1);
  const passed = x([...chain, { source: "a", target: "c", share: 0.5 }]);
  expect(Math.abs(at(passed, "b").x - at(passed, "a").x)).toBeGreaterThan(10);
});
