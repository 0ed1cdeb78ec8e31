import { describe, expect, it } from "vitest";
import { cellAt, cellSide, namedPlaces, steppedTo } from "./place";

describe("cells", () => {
  it("fill the width, but can be hit and are no larger than they tell", () => {
    expect([cellSide(500, 11), cellSide(500, 128), cellSide(500, 256), cellSide(500, 1000), cellSide(500, 4)]).toEqual([40, 3.90625, 2, 2, 40]);
    expect(cellSide(300, 11)).toBe(27);
    expect(cellSide(300, 4, 30)).toBe(30);
  });
  it("are found under the pointer, at the edges too", () => {
    expect(cellAt(0.5, 0.99, 10, 4)).toEqual({ row: 9, column: 2 });
    expect(cellAt(1, -0.1, 10, 4)).toEqual({ row: 0, column: 3 });
  });
});

describe("names", () => {
  it("are all written where there is room, else some at equal distances", () => {
    expect(namedPlaces(5, 20)).toEqual([0, 1, 2, 3, 4]);
    expect(namedPlaces(11, 4)).toEqual([0, 5, 10]);
    expect(namedPlaces(256, 2)).toHaveLength(26);
  });
});

describe("the arrow keys", () => {
  it("move a cell within the matrix", () => {
    expect(steppedTo({ row: 1, column: 1 }, "ArrowRight", 4, 4, false)).toEqual({ row: 1, column: 2 });
    expect(steppedTo({ row: 0, column: 0 }, "ArrowUp", 4, 4, false)).toEqual({ row: 0, column: 0 });
    expect(steppedTo({ row: 1, column: 1 }, "End", 4, 6, false)).toEqual({ row: 1, column: 5 });
    expect(steppedTo({ row: 3, column: 2 }, "Home", 4, 4, false)).toEqual({ row: 3, column: 0 });
    expect(steppedTo({ row: 3, column: 2 }, "PageUp", 20, 4, false)).toEqual({ row: 0, column: 2 });
    expect(steppedTo({ row: 3, column: 2 }, "a", 4, 4, false)).toBeNull();
  });
  it("stay with what a causal pattern has", () => {
    expect(steppedTo({ row: 2, column: 2 }, "ArrowRight", 4, 4, true)).toEqual({ row: 2, column: 2 });
    expect(steppedTo({ row: 2, column: 2 }, "ArrowUp", 4, 4, true)).toEqual({ row: 1, column: 1 });
    expect(steppedTo({ row: 2, column: 0 }, "End", 4, 4, true)).toEqual({ row: 2, column: 2 });
  });
});
