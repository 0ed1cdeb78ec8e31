import { describe, expect, it } from "vitest";
import { FIRST_INSIDE } from "./inside";
import { counted, headIn, insideTexts, withInside } from "./insideAddress";

describe("the tabs' part of an address", () => {
  it("says nothing of tabs as they open", () => {
    expect(insideTexts(FIRST_INSIDE, 3)).toEqual([]);
  });
  it("calls the source after the last position the biases", () => {
    const inside = { ...FIRST_INSIDE, traced: 3, without: [1, 3] };
    expect(insideTexts(inside, 3)).toEqual([["traced", "biases"], ["without", "1,biases"]]);
    expect(withInside(FIRST_INSIDE, "without", "1,biases", 3)).toEqual({ ...FIRST_INSIDE, without: [1, 3] });
    expect(withInside(FIRST_INSIDE, "traced", "3", 3)).toBeNull();
  });
  it("knows heads in both notations, and numbers from the end", () => {
    expect(["10.7", "L10H7", "l-1h-2", "-1.-2"].map(headIn)).toEqual([
      { layer: 10, head: 7 },
      { layer: 10, head: 7 },
      { layer: -1, head: -2 },
      { layer: -1, head: -2 },
    ]);
    expect(["10", "10.", "H7L10", "1.2.3", ""].map(headIn)).toEqual([null, null, null, null, null]);
  });
});

describe("counted", () => {
  it("counts numbers below 0 from the end, and leaves out what the model does not have", () => {
    const inside = { ...FIRST_INSIDE, layers: [0, -1, 4], heads: [{ layer: -1, head: -2 }, { layer: 3, head: 2 }] };
    expect(counted(inside, 4, 2)).toEqual({ ...FIRST_INSIDE, layers: [0, 3], heads: [{ layer: 3, head: 0 }] });
    expect(counted(FIRST_INSIDE, 4, 2)).toEqual(FIRST_INSIDE);
  });
});
