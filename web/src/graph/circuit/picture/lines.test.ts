import { describe, expect, it } from "vitest";
import { headOf, linePath, widthOf } from "./lines";

const box = (x: number, y: number) => ({ x, y, width: 100, height: 40 });
const HEAD = 7;
const numbers = (path: string): number[] => (path.match(/-?[\d.]+/g) ?? []).map(Number);
const ends = (path: string): number[] => [...numbers(path).slice(0, 2), ...numbers(path).slice(-2)];

describe("the line of a link", () => {
  it("runs in a curve from the top of a lower box to the bottom of a higher one, where its head begins", () => {
    expect(ends(linePath(box(100, 300), box(100, 100), HEAD))).toEqual([100, 280, 100, 120 + HEAD]);
    expect(ends(linePath(box(100, 300), box(200, 100), HEAD))).toEqual([120, 280, 180, 120 + HEAD]);
    expect(ends(linePath(box(100, 300), box(900, 100), HEAD))).toEqual([138, 280, 862, 120 + HEAD]);
  });
  it("goes over what stands between two boxes of a row", () => {
    const path = linePath(box(100, 100), box(400, 100), HEAD);
    expect(ends(path)).toEqual([138, 80, 362, 80 - HEAD]);
    expect(numbers(path)[3]).toBeLessThan(60);
  });
  it("runs straight from edge to edge where it goes down", () => {
    expect(linePath(box(100, 100), box(100, 300), HEAD)).toBe(`M100.0 120.0L100.0 ${(280 - HEAD).toFixed(1)}`);
    expect(ends(linePath(box(100, 100), box(100, 100), HEAD)).every(Number.isFinite)).toBe(true);
  });
  it("is as wide as its part of the strongest, with a head that is wider", () => {
    expect([1, 3, 5, 11].map(headOf)).toEqual([7, 7, 11, 16]);
    expect([widthOf(1, 1), widthOf(0.5, 1), widthOf(0, 1), widthOf(0, 0)]).toEqual([11, 6, 1, 1]);
  });
});
