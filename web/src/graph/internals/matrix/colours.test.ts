import { describe, expect, it } from "vitest";
import { colourOf, divergingRamp, rgbAt, sequentialRamp, stepOf, STEPS, toLab, type Ramp, type Rgb } from "./colours";

const PAPER: Rgb = [251, 250, 246];
const sequential = sequentialRamp([PAPER, [63, 160, 140], [12, 35, 64]]);
const diverging = divergingRamp([192, 79, 11], PAPER, [20, 100, 171]);

const lightness = (ramp: Ramp, step: number): number => toLab(rgbAt(ramp, step))[0];

describe("OKLab", () => {
  it("has the values that its author gives", () => {
    expect(toLab([255, 255, 255]).map((value) => Number(value.toFixed(3)) + 0)).toEqual([1, 0, 0]);
    expect(toLab([255, 0, 0]).map((value) => Number(value.toFixed(3)))).toEqual([0.628, 0.225, 0.126]);
    expect(toLab([0, 0, 255]).map((value) => Number(value.toFixed(3)))).toEqual([0.452, -0.032, -0.312]);
  });
});

describe("a sequential ramp", () => {
  it("goes from the first colour to the last", () => {
    expect(rgbAt(sequential, 0)).toEqual(PAPER);
    expect(rgbAt(sequential, STEPS)).toEqual([12, 35, 64]);
  });
  it("gets darker by equal steps, so that equal differences look equal", () => {
    const [first, last] = [lightness(sequential, 0), lightness(sequential, STEPS)];
    for (let step = 0; step <= STEPS; step++) expect(lightness(sequential, step)).toBeCloseTo(first + ((last - first) * step) / STEPS, 2);
  });
});

describe("a diverging ramp", () => {
  it("has the colour of 0 in its middle and is as dark for a loss as for a gain", () => {
    expect(rgbAt(diverging, STEPS)).toEqual(PAPER);
    for (const size of [40, 128, STEPS]) expect(lightness(diverging, STEPS - size)).toBeCloseTo(lightness(diverging, STEPS + size), 2);
  });
});

describe("a number's colour", () => {
  it("is that of its share of the scale, and full above it", () => {
    const scale = { signed: false, most: 4 };
    expect([0, 2, 4, 9, -1].map((value) => stepOf(value, scale))).toEqual([0, 128, STEPS, STEPS, 0]);
  });
  it("has its sign's arm", () => {
    const scale = { signed: true, most: 0.5 };
    expect([-0.5, 0, 0.5, -7].map((value) => stepOf(value, scale))).toEqual([0, STEPS, 2 * STEPS, 0]);
  });
  it("is none where it is not known, and that of 0 where all are 0", () => {
    expect(colourOf(Number.NaN, { signed: true, most: 1 }, diverging)).toBeNull();
    expect(colourOf(0, { signed: false, most: 0 }, sequential)).toBe("rgb(251, 250, 246)");
  });
});
