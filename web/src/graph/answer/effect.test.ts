import { describe, expect, it } from "vitest";
import { fixtureScores } from "../../testing/fixture";
import { scoreNamed } from "../question/scores";
import { effectText, lowersTarget, raisingPart } from "./effect";

const influence = scoreNamed(fixtureScores(), "influence");
const contribution = scoreNamed(fixtureScores(), "contribution");
const mixed = { influence: 0.015, raising: 0.002, lowering: 0.013, contribution: -1.56 };
const raises = { influence: 0.04, raising: 0.04, lowering: 0, contribution: null };

describe("an effect", () => {
  it("lowers the target where more of the influence does", () => {
    expect(lowersTarget(influence, 0.015, mixed)).toBe(true);
    expect(lowersTarget(influence, 0.04, raises)).toBe(false);
  });
  it("goes by the score where that has a sign", () => {
    expect(lowersTarget(contribution, -1.56, mixed)).toBe(true);
    expect(lowersTarget(contribution, 0.2, { ...mixed, contribution: 0.2 })).toBe(false);
  });
  it("says both sides where there are both", () => {
    expect(effectText(mixed, true)).toBe(
      "Lowers the target: 0.20 % of the influence raises it, 1.30 % lowers it, net −1.10 %. Contribution −1.56.",
    );
    expect(effectText(raises, false)).toBe("Raises the target.");
  });
  it("parts a bar by influence", () => {
    expect(raisingPart(mixed)).toBeCloseTo(2 / 15);
    expect(raisingPart({ ...raises, raising: 0, influence: 0 })).toBe(1);
  });
});
