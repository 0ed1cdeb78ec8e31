import { describe, expect, it } from "vitest";
import { boxOf, inBox } from "./boxSelect";

const places = [
  { x: 10, y: 10 },
  { x: 20, y: 30 },
  { x: 50, y: 30 },
];
const placeOf = (node: number) => places[node] ?? { x: NaN, y: NaN };

describe("a box", () => {
  it("is the same from whichever corner it is drawn", () => {
    const box = { left: 5, top: 8, right: 30, bottom: 40 };
    expect(boxOf({ x: 5, y: 8 }, { x: 30, y: 40 })).toEqual(box);
    expect(boxOf({ x: 30, y: 8 }, { x: 5, y: 40 })).toEqual(box);
  });
  it("holds the nodes whose places are in it, its edges included", () => {
    expect(inBox(boxOf({ x: 5, y: 8 }, { x: 20, y: 40 }), [0, 1, 2], placeOf)).toEqual([0, 1]);
    expect(inBox(boxOf({ x: 5, y: 8 }, { x: 20, y: 40 }), [2, 1], placeOf)).toEqual([1]);
    expect(inBox(boxOf({ x: 11, y: 11 }, { x: 12, y: 12 }), [0, 1, 2], placeOf)).toEqual([]);
  });
});
