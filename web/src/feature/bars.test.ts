import { describe, expect, it } from "vitest";
import { barsOf } from "./bars";

describe("barsOf", () => {
  it("stands the bars side by side, the highest as high as the box", () => {
    expect(barsOf({ values: [1, 2, 3, 4], heights: [8, 4, 0, 2] })).toEqual([
      { x: 0, width: 0.25, height: 1 },
      { x: 0.25, width: 0.25, height: 0.5 },
      { x: 0.75, width: 0.25, height: 0.25 },
    ]);
  });
  it("keeps a bar that is hardly there in sight", () => {
    expect(barsOf({ values: [1, 2], heights: [30_000, 1] })[1]?.height).toBe(0.03);
  });
  it("draws nothing of nothing", () => {
    expect(barsOf({ values: [], heights: [] })).toEqual([]);
    expect(barsOf({ values: [1, 2], heights: [0, 0] })).toEqual([]);
  });
});
