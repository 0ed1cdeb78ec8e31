import { describe, expect, it } from "vitest";
import { choiceIn, choiceText, chosenHeads, strongestHead } from "./choice";

const SIZES = { n_layers: 4, n_heads: 3 };
const OPEN = { layer: 2, head: 1 };
const names = (heads: readonly { layer: number; head: number }[]): string => heads.map(({ layer, head }) => `${layer}.${head}`).join(" ");

const base64 = (values: number[]): string => btoa(String.fromCharCode(...new Uint8Array(new Float32Array(values).buffer)));

describe("the heads that are shown", () => {
  it("are those of the open head's layer unless others are asked for", () => {
    expect(names(chosenHeads({ layers: null, heads: null }, 3, OPEN))).toBe("2.0 2.1 2.2");
  });
  it("are there once, in the order in which they are asked for", () => {
    expect(names(chosenHeads({ layers: [3, 0, 3], heads: null }, 2, OPEN))).toBe("3.0 3.1 0.0 0.1");
    expect(names(chosenHeads({ layers: [1], heads: [{ layer: 3, head: 2 }, { layer: 0, head: 0 }, { layer: 3, head: 2 }] }, 3, OPEN))).toBe("3.2 0.0");
  });
  it("are of any number", () => {
    expect(chosenHeads({ layers: [0], heads: null }, 40, OPEN)).toHaveLength(40);
  });
});

describe("a choice that is written", () => {
  it.each([
    ["", { layers: null, heads: null }],
    ["2, -1", { layers: [2, -1], heads: null }],
    ["0-2 2", { layers: [0, 1, 2], heads: null }],
    ["all", { layers: [0, 1, 2, 3], heads: null }],
    ["L2H1 3.-1; l0h0", { layers: null, heads: [{ layer: 2, head: 1 }, { layer: 3, head: -1 }, { layer: 0, head: 0 }] }],
    ["-1.0", { layers: null, heads: [{ layer: -1, head: 0 }] }],
    ["1 L2H1", { layers: null, heads: [{ layer: 1, head: 0 }, { layer: 1, head: 1 }, { layer: 1, head: 2 }, { layer: 2, head: 1 }] }],
  ])("%j is read", (text, choice) => expect(choiceIn(text, SIZES)).toEqual(choice));
  it.each([
    ["4", /no layer 4: they are 0 to 3, or -4 to -1/],
    ["0-7", /no layer 7/],
    ["2-1", /first before the last/],
    ["L2H3", /no head 3: they are 0 to 2/],
    ["the third", /"the" is no layer and no head/],
  ])("%j is refused with what is wrong", (text, why) => expect(choiceIn(text, SIZES)).toMatch(why));
  it("is written as it is read", () => {
    expect(choiceText({ layers: [2, -1], heads: null }, "LH")).toBe("2 -1");
    expect(choiceText({ layers: null, heads: [{ layer: 2, head: 1 }] }, "LH")).toBe("L2H1");
    expect(choiceText({ layers: null, heads: [{ layer: 2, head: 1 }] }, "dot")).toBe("2.1");
  });
});

describe("the head that is open by itself", () => {
  it("is the one with most of the attribution, of either sign", () => {
    const attribution = { shape: [2, 2], dtype: "float32" as const, scale: 1, data: base64([1, Number.NaN, -3, 2]) };
    expect(strongestHead({ maps: { attribution }, n_heads: 2 })).toEqual({ layer: 1, head: 0 });
    expect(strongestHead({ maps: {}, n_heads: 2 })).toEqual({ layer: 0, head: 0 });
  });
});
