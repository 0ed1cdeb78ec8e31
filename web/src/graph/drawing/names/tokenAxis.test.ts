import { describe, expect, it } from "vitest";
import { fitted, standingApart, tokenAxis } from "./tokenAxis";

const measure = (text: string): number => text.length * 7;
const span = (first: number, last = first) => ({ first, last, text: "" });

describe("fitted", () => {
  it("cuts only what does not fit, and says so", () => {
    expect(fitted("Dallas", 42, measure)).toBe("Dallas");
    expect(fitted("containing", 42, measure)).toBe("conta…");
    expect(fitted("is", 6, measure)).toBe("");
  });
});

describe("tokenAxis", () => {
  it("is level, with columns as wide as their tokens, where these fit side by side", () => {
    const axis = tokenAxis([span(0), span(1)], [40, 10], [14, 30], 200);
    expect(axis).toMatchObject({ slanted: false, least: [48, 30] });
  });
  it("slants tokens that would need more room than there is, each apart from the next", () => {
    const axis = tokenAxis([0, 1, 2].map((at) => span(at)), [60, 60, 60], [14, 14, 40], 120);
    expect(axis).toMatchObject({ slanted: true, least: [15, 15, 40] });
    expect(axis.height).toBeGreaterThan(60 * Math.SQRT1_2);
  });
  it("is level where the columns are wide enough anyway, in view or not", () => {
    expect(tokenAxis([span(0), span(1)], [40, 40], [200, 200], 100).slanted).toBe(false);
  });
  it("shares the room of one text among the positions that it stands under", () => {
    expect(tokenAxis([span(0, 2), span(3)], [28, 10], [10, 10, 10, 10], 200).least).toEqual([12, 12, 12, 18]);
  });
});

describe("standingApart", () => {
  const text = (left: number, matters = false) => ({ left, right: left + 10, matters });
  it("leaves out what would print over another", () => {
    expect(standingApart([text(0), text(5), text(10), text(19), text(20)])).toEqual([0, 2, 4]);
  });
  it("gives what matters the choice", () => {
    expect(standingApart([text(0), text(5, true), text(10)])).toEqual([1]);
  });
});
