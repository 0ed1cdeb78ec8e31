import { describe, expect, it } from "vitest";
import { apart, cellText, keysOf, queriesOf, scaleOf, towardsText } from "./patterns";

const N = Number.NaN;
const PATTERN = { shape: [3, 3], values: new Float32Array([1, 0, 0, 0.25, 0.75, 0, 0.5, 0.125, 0.375]) };
const LEFT = { shape: [3, 3], values: new Float32Array([N, N, N, N, 1, 0, N, 0.25, 0.75]) };
const TOKENS = ["<bos>", " the", " the"];

describe("a pattern", () => {
  it("says what a query looks at, most first, and never what comes after it", () => {
    expect(keysOf(PATTERN, 1)).toEqual([{ position: 1, value: 0.75 }, { position: 0, value: 0.25 }]);
    expect(keysOf(PATTERN, 2).map(({ position }) => position)).toEqual([0, 2, 1]);
  });
  it("says what looks at a key, most first", () => {
    expect(queriesOf(PATTERN, 0)).toEqual([{ position: 0, value: 1 }, { position: 2, value: 0.5 }, { position: 1, value: 0.25 }]);
    expect(queriesOf(PATTERN, 1).map(({ position }) => position)).toEqual([1, 2]);
  });
  it("without its first key says nothing of it", () => {
    expect(keysOf(LEFT, 2).map(({ position }) => position)).toEqual([2, 1]);
    expect(queriesOf(LEFT, 0)).toEqual([]);
    expect(keysOf(LEFT, 0)).toEqual([]);
  });
  it("of logits is told by size, with its sign", () => {
    expect(keysOf({ shape: [3, 3], values: new Float32Array([0, 0, 0, 0, 0, 0, 0.5, -2, 1]) }, 2)).toEqual([{ position: 1, value: -2 }, { position: 2, value: 1 }, { position: 0, value: 0.5 }]);
  });
});

describe("a scale", () => {
  it("is one for all that are seen together", () => {
    const other = { shape: [1, 2], values: new Float32Array([-4, 1]) };
    expect(scaleOf("logit", [PATTERN, other])).toEqual({ signed: true, most: 4 });
    expect(scaleOf("info-weighted", [PATTERN])).toEqual({ signed: false, most: 1 });
  });
});

describe("logits in small", () => {
  it("have what raises and what lowers apart, and both together are the whole", () => {
    const [raises, lowers] = apart({ shape: [1, 4], values: new Float32Array([2, -1, 0, N]) });
    expect([[...raises.values], [...lowers.values]]).toEqual([[2, 0, 0, N], [0, -1, 0, N]]);
  });
});

describe("a cell's words", () => {
  it("tell equal tokens apart, and what is left out from what is 0", () => {
    expect(cellText(TOKENS, "standard", false, { row: 2, column: 1 }, 0.125)).toBe("query the (2) → key the (1): 0.125");
    expect(cellText(TOKENS, "standard", true, { row: 2, column: 0 }, N)).toBe("query the (2) → key <bos> (0): the first token is left out");
    expect(cellText(TOKENS, "standard", true, { row: 1, column: 1 }, N)).toMatch(/nothing is left/);
    expect(cellText(TOKENS, "logit", false, { row: 1, column: 1 }, -0.5)).toMatch(/: −0.500 logits$/);
  });
});

describe("what logits are attributed to", () => {
  const asked = (towards: "predictions" | "target" | "difference", direction: number[] | null = null) =>
    towardsText({ parameters: { towards, direction }, target: " Austin", foil: " Texas" });
  it("is named", () => {
    expect(asked("predictions")).toMatch(/most probable next token/);
    expect(asked("target")).toBe('the logit of " Austin"');
    expect(asked("difference")).toBe('the logit of " Austin" less that of " Texas"');
    expect(asked("target", [1])).toMatch(/direction/);
  });
});
