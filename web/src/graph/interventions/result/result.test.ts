import { describe, expect, it } from "vitest";
import { axisOf } from "./axis";
import { effectOn } from "./effectOn";
import { topRows } from "./tops";

describe("axisOf", () => {
  it("holds all values and 0", () => {
    const lowering = axisOf([-4, -1]);
    expect([lowering.zero, lowering.at(-4), lowering.at(-1)]).toEqual([100, 0, 75]);
    const both = axisOf([-1, 3]);
    expect([both.zero, both.at(3)]).toEqual([25, 100]);
    expect(axisOf([]).zero).toBe(0);
  });
});

describe("topRows", () => {
  it("has every token of either list, the most probable first", () => {
    const before = [
      { token: " Austin", probability: 0.6 },
      { token: " Texas", probability: 0.3 },
    ];
    const after = [
      { token: " Sacramento", probability: 0.9 },
      { token: " Austin", probability: 0.05 },
    ];
    expect(topRows(before, after)).toEqual([
      { token: " Sacramento", before: null, after: 0.9 },
      { token: " Austin", before: 0.6, after: 0.05 },
      { token: " Texas", before: 0.3, after: null },
    ]);
    const known = [{ token: " Texas", before: 0.3, after: 0.001 }, { token: " elsewhere", before: 0, after: 0 }];
    expect(topRows(before, after, known)[2]).toEqual({ token: " Texas", before: 0.3, after: 0.001 });
    const many = Array.from({ length: 9 }, (_, at) => ({ token: String(at), probability: 0.1 }));
    expect(topRows(many, [])).toHaveLength(6);
  });
});

describe("effectOn", () => {
  const targets = [
    { key: "a", token: " Austin" },
    { key: "b", token: " Dallas" },
  ];
  it("is of the asked target, the first where none is asked", () => {
    expect(effectOn(targets, { target: null, ratherThan: null }).of([-3, 1])).toBe(-3);
    expect(effectOn(targets, { target: "b", ratherThan: null }).of([-3, 1])).toBe(1);
  });
  it("is a difference where two are told apart", () => {
    const found = effectOn(targets, { target: "a", ratherThan: "b" });
    expect([found.of([-3, 1]), found.other?.token]).toEqual([-4, " Dallas"]);
  });
});
