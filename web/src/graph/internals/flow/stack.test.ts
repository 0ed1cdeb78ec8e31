import { describe, expect, it } from "vitest";
import { eachVisible, Stack } from "./stack";

const stackOf = (shares: number[], foot: number | null = null): Stack => new Stack(shares.length).fill(shares, foot);
const segments = (stack: Stack): number[][] => Array.from({ length: stack.size }, (_, at) => [stack.sources[at] ?? -1, stack.from[at] ?? 0, stack.to[at] ?? 0]);
function visible(shares: number[], least: number, alone: number | null = null): number[][] {
  const drawn: number[][] = [];
  eachVisible(stackOf(shares, alone), least, alone, (...segment) => drawn.push(segment));
  return drawn;
}

describe("a bar", () => {
  it("has what is above 0 upward and what is below downward", () => {
    expect(segments(stackOf([0.5, -0.25, 0, 1, -0.5, NaN]))).toEqual([
      [0, 0, 0.5],
      [1, 0, -0.25],
      [3, 0.5, 1.5],
      [4, -0.25, -0.75],
    ]);
  });
  it("has the traced source at its foot", () => {
    expect(segments(stackOf([0.5, 0.25, 0.25], 2))).toEqual([
      [2, 0, 0.25],
      [0, 0.25, 0.75],
      [1, 0.75, 1],
    ]);
  });
  it("tells whose segment is at a height", () => {
    const stack = stackOf([0.5, -0.25, 0.5, -0.25]);
    expect([0, 0.25, 0.5, 0.99, 1, -0.1, -0.3, -0.6].map((height) => stack.at(height))).toEqual([0, 0, 2, 2, null, 1, 3, null]);
  });
  it("draws neighbours that are too small to be seen as one, in the name of the largest", () => {
    expect(visible([0.125, 0.25, 0.125, 4, 0.125], 0.5)).toEqual([
      [1, 0, 0.5],
      [3, 0.5, 4.5],
      [4, 4.5, 4.625],
    ]);
  });
  it("keeps both sides of 0 apart, and the traced source alone", () => {
    expect(visible([0.25, -0.25, -0.125], 2)).toEqual([
      [0, 0, 0.25],
      [1, 0, -0.375],
    ]);
    expect(visible([0.25, 0.125, 0.125], 2, 1)).toEqual([
      [1, 0, 0.125],
      [0, 0.125, 0.5],
    ]);
  });
});
