import { describe, expect, it } from "vitest";
import { sequentialRamp, type Rgb } from "./colours";
import { pixelsOf } from "./pixels";

const [PAPER, FULL, MASKED]: Rgb[] = [
  [250, 250, 250],
  [10, 20, 30],
  [1, 2, 3],
];
const ramp = sequentialRamp([PAPER ?? [0, 0, 0], FULL ?? [0, 0, 0]]);
const scale = { signed: false, most: 1 };

describe("a matrix as a picture", () => {
  it("has a pixel a cell, and none where nothing is known", () => {
    const pixels = pixelsOf({ shape: [1, 3], values: new Float32Array([0, 1, Number.NaN]) }, scale, ramp, null);
    expect([...pixels]).toEqual([250, 250, 250, 255, 10, 20, 30, 255, 0, 0, 0, 0]);
  });
  it("tells a key that a query cannot see from one that it does not look at", () => {
    const pixels = pixelsOf({ shape: [2, 2], values: new Float32Array([1, 0, 0, 1]) }, scale, ramp, MASKED ?? null);
    expect([...pixels.subarray(4, 8)]).toEqual([1, 2, 3, 255]);
    expect([...pixels.subarray(8, 12)]).toEqual([250, 250, 250, 255]);
  });
});
