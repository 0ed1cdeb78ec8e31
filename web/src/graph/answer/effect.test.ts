import { describe, expect, it } from "vitest";
import { effectSign, effectText, lowersTarget, raisingPart } from "./effect";

const mixed = { influence: 0.015, raising: 0.002, lowering: 0.013, contribution: -1.56 };
const raises = { influence: 0.04, raising: 0.04, lowering: 0, contribution: null };

describe("an effect", () => {
  it("lowers the target where its contribution is negative", () => {
    expect(lowersTarget(mixed)).toBe(true);
    expect(lowersTarget({ ...mixed, contribution: 0.2 })).toBe(false);
    expect(effectSign(mixed)).toBe("−");
  });
  it("goes by influence where activations are missing", () => {
    expect(lowersTarget({ ...mixed, contribution: null })).toBe(true);
    expect(effectSign(raises)).toBe("+");
  });
  it("says both sides where there are both", () => {
    expect(effectText(mixed)).toBe(
      "Lowers the target: contribution −1.56. 0.20 % of the influence raises it, 1.30 % lowers it.",
    );
    expect(effectText(raises)).toBe("Raises the target.");
  });
  it("parts a bar by influence", () => {
    expect(raisingPart(mixed)).toBeCloseTo(2 / 15);
    expect(raisingPart({ ...raises, raising: 0, influence: 0 })).toBe(1);
  });
});
