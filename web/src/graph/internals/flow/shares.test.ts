import { describe, expect, it } from "vitest";
import { cellOf, courseOf, ranked, reachOf, sharesOf, type Part } from "./shares";

// One layer, two positions, two tokens and the biases.
const norms = { shape: [1, 2, 2, 3], values: new Float32Array([1, 0, 3, 2, 2, 4, 1, 0, 1, 6, 1, 1]) };
const signed = { shape: [1, 2, 2, 3], values: new Float32Array([1.5, 0, -0.5, 0.5, 0.75, -0.25, 1, 0, 0, 0.03125, 1.96875, -1]) };
const TOKENS = [
  { first: 0, last: 0, text: "a" },
  { first: 1, last: 1, text: "b" },
];
const part = (change: Partial<Part> = {}): Part => ({ measure: "norm", sources: TOKENS, without: [], renormalised: false, ...change });

describe("shares", () => {
  it("of norms are of their sum", () => {
    const shares = sharesOf(norms, part());
    expect([shares.nRows, shares.nPositions, shares.nSources]).toEqual([2, 2, 3]);
    expect([...cellOf(shares, 0, 0)]).toEqual([0.25, 0, 0.75]);
    expect([...cellOf(shares, 1, 1)]).toEqual([0.75, 0.125, 0.125]);
  });
  it("that are signed are as they are", () => {
    expect([...cellOf(sharesOf(signed, part({ measure: "signed" })), 0, 1)]).toEqual([0.5, 0.75, -0.25]);
  });
  it("of a word are those of its pieces together", () => {
    const shares = sharesOf(norms, part({ sources: [{ first: 0, last: 1, text: "ab" }] }));
    expect(shares.nSources).toBe(2);
    expect([...cellOf(shares, 0, 1)]).toEqual([0.5, 0.5]);
  });
  it("leave out what is hidden: a gap, unless they are of what is left", () => {
    expect([...cellOf(sharesOf(norms, part({ without: [2] })), 0, 1)]).toEqual([0.25, 0.25, 0]);
    expect([...cellOf(sharesOf(norms, part({ without: [2], renormalised: true })), 0, 1)]).toEqual([0.5, 0.5, 0]);
    const half = part({ measure: "signed", without: [0], renormalised: true });
    expect([...cellOf(sharesOf(signed, half), 0, 1)]).toEqual([0, 1.5, -0.5]);
  });
  it("of too little are not known", () => {
    const little = sharesOf(signed, part({ measure: "signed", without: [1, 2], renormalised: true }));
    expect([...cellOf(little, 1, 1)]).toEqual([NaN, 0, 0]);
    expect([...cellOf(sharesOf(norms, part({ without: [0, 2], renormalised: true })), 0, 0)]).toEqual([0, NaN, 0]);
  });
  it("have one scale: 0 to 1, or as far as the signs reach", () => {
    expect(reachOf(sharesOf(norms, part()), "norm")).toEqual({ top: 1, bottom: 0 });
    expect(reachOf(sharesOf(signed, part({ measure: "signed" })), "signed")).toEqual({ top: 2, bottom: -1 });
  });
  it("have a course through the layers, and an order at each place", () => {
    expect(courseOf(sharesOf(norms, part()), 1, 0)).toEqual([0.25, 0.75]);
    expect(ranked([0.2, -0.7, NaN, 0.2])).toEqual([1, 0, 3, 2]);
  });
});
