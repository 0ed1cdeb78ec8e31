import { describe, expect, it } from "vitest";
import { excerptOf, inText, mostActive, tintOf } from "./excerpt";

const example = (length: number, peak: number) => ({
  tokens: Array.from({ length }, (_, at) => ` t${at}`),
  activations: Array.from({ length }, (_, at) => (at === peak ? 5 : 0)),
});

describe("excerptOf", () => {
  it("shows what stands around the most active token", () => {
    expect(excerptOf(example(64, 40))).toEqual({ begin: 28, end: 47, peak: 40, isCut: true });
  });
  it("ends where the text does", () => {
    expect(excerptOf(example(64, 2))).toMatchObject({ begin: 0, end: 9, isCut: true });
    expect(excerptOf(example(64, 63))).toMatchObject({ begin: 51, end: 64, isCut: true });
    expect(excerptOf(example(5, 1))).toEqual({ begin: 0, end: 5, peak: 1, isCut: false });
  });
  it("stands a text without tokens, or with fewer activations", () => {
    expect(excerptOf({ tokens: [], activations: [] })).toMatchObject({ begin: 0, end: 0, isCut: false });
    expect(excerptOf({ tokens: ["a", "b"], activations: [1] }).peak).toBe(0);
  });
});

describe("tints", () => {
  it("are shares of the largest activation of all examples", () => {
    const most = mostActive([example(3, 0), { tokens: ["a"], activations: [10] }]);
    expect(most).toBe(10);
    expect([tintOf(5, most), tintOf(-1, most), tintOf(undefined, most), tintOf(3, 0)]).toEqual([0.5, 0, 0, 0]);
  });
});

describe("inText", () => {
  it("keeps spaces, and shows line ends and tabs", () => {
    expect([inText(" Texas"), inText("▁Texas"), inText("\n\n"), inText("\t")]).toEqual([" Texas", " Texas", "↵↵", "⇥"]);
  });
});
