import { describe, expect, it } from "vitest";
import { measureOf, type HeadValues } from "../measures";
import { listed, touches, type HeadEdge } from "./edges";
import { MOST_NODES, space } from "./scene";

function values(name: string, numbers: readonly number[]): HeadValues {
  const measure = measureOf(name);
  if (!measure) throw new Error(name);
  return { measure, values: Float32Array.from(numbers), isWithoutFirst: false };
}

describe("heads in a space", () => {
  it("stand by layer, head and figure, the largest first", () => {
    const { heads, places, ground } = space(values("attribution", [1, -2, 0, 0.5]), 2, 2);
    expect(heads).toEqual([1, 0, 3, 2]);
    expect(places).toEqual([
      [-1, 1, -0.75],
      [-1, -1, 0.375],
      [1, 1, 0.1875],
      [1, -1, 0],
    ]);
    expect(ground).toBe(0);
  });
  it("of a figure without sign stand on the floor, the largest at the top", () => {
    const { places, ground } = space(values("entropy", [2, 1]), 1, 2);
    expect(places.map(([, , z]) => z)).toEqual([0.75, expect.closeTo(0.1, 12)]);
    expect(ground).toBe(-0.55);
  });
  it("are those whose figure is known, the largest where there are too many", () => {
    expect(space(values("entropy", [NaN, 1]), 1, 2).heads).toEqual([1]);
    const many = space(values("attribution", Array.from({ length: 64 * 64 }, (_, at) => at)), 64, 64);
    expect(many.heads.length).toBe(MOST_NODES);
    expect(many.heads[0]).toBe(4095);
  });
  it("all stand on the ground where every figure is 0", () => {
    expect(space(values("attribution", [0, 0]), 1, 2).places.every(([, , z]) => z === 0)).toBe(true);
  });
});

describe("edges", () => {
  const edge = (source: number, target: number, weight: number): HeadEdge => ({ source: { layer: 0, head: source }, target: { layer: 1, head: target }, weight, query: 0, key: 0, value: weight });
  const [a, b, c] = [edge(0, 0, 3), edge(1, 0, -2), edge(1, 1, 1)];
  it("are listed by size, a head's own first", () => {
    expect(listed([c, a, b], null)).toEqual([a, b, c]);
    expect(listed([a, b, c], { layer: 0, head: 1 })).toEqual([b, c, a]);
  });
  it("touch the heads at their ends", () => {
    expect([touches(a, { layer: 1, head: 0 }), touches(a, { layer: 1, head: 1 }), touches(a, null)]).toEqual([true, false, false]);
  });
});
