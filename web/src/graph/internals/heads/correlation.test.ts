import { describe, expect, it } from "vitest";
import { coefficient, correlation } from "./correlation";

describe("correlation", () => {
  it("is 1 on a line, and of ranks on any rising curve", () => {
    expect(correlation([1, 2, 3, 4], [3, 5, 7, 9])).toEqual({ n: 4, r: 1, rho: 1 });
    const { r, rho } = correlation([1, 2, 3, 4], [1, 10, 100, 1000]);
    expect(r).toBeLessThan(0.9);
    expect(rho).toBe(1);
    expect(correlation([1, 2, 3], [3, 2, 1]).r).toBe(-1);
  });
  it("gives equal values the mean of their ranks", () => {
    // Ranks 0, 1.5, 1.5, 3 and 0, 1, 2, 3: 4.5 / sqrt(4.5 * 5).
    expect(correlation([1, 2, 2, 3], [1, 2, 3, 4]).rho).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });
  it("leaves out pairs of which one is not known", () => {
    expect(correlation([1, 2, NaN, 3], [1, 2, 50, 3])).toEqual({ n: 3, r: 1, rho: 1 });
  });
  it("is written with two digits", () => {
    expect([0.8123, -0.4, -0.001, NaN].map(coefficient)).toEqual(["0.81", "−0.40", "0.00", "not known"]);
  });
  it("is not known of two heads, or where one figure is the same of all", () => {
    expect(correlation([1, 2], [1, 2])).toEqual({ n: 2, r: NaN, rho: NaN });
    expect(correlation([1, 2, 3], [5, 5, 5]).r).toBeNaN();
  });
});
