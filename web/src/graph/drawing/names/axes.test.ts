import { describe, expect, it } from "vitest";
import { fitted } from "./axes";

const measure = (text: string): number => text.length * 7;

describe("fitted", () => {
  it("cuts only what does not fit, and says so", () => {
    expect(fitted("Dallas", 42, measure)).toBe("Dallas");
    expect(fitted("containing", 42, measure)).toBe("conta…");
    expect(fitted("is", 6, measure)).toBe("");
  });
});
