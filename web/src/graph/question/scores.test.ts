import { describe, expect, it } from "vitest";
import type { ScoreName } from "../../api/types";
import { fixtureScores } from "../../testing/fixture";
import { lowers, scoreDigits, scoreName, scoreNamed, scoreText, scoreTitle, titled } from "./scores";

const scores = fixtureScores();
const named = (name: ScoreName) => scoreNamed(scores, name);

describe("scoreText", () => {
  it("writes influence as a share and the others as quantities with their sign", () => {
    expect(scoreText(named("influence"), 0.0437)).toBe("4.4 %");
    expect(scoreText(named("contribution"), -0.07531)).toBe("−0.0753");
    expect(scoreText(named("mean_weight"), 8.613)).toBe("8.61");
    expect(scoreText(named("bottleneck"), 0)).toBe("0");
  });
});

describe("scoreDigits", () => {
  it("writes two digits that count of the largest influence, and three after the point at most", () => {
    expect([0.44, 0.044, 0.0064, 0.0001, 0.00001].map((most) => scoreDigits(named("influence"), most))).toEqual([1, 1, 2, 3, 3]);
  });
  it("does not fail where there is nothing", () => {
    expect(scoreDigits(named("influence"), 0)).toBe(1);
  });
});

describe("scoreTitle", () => {
  const group = { size: 3.2, members: 28 };

  it("says that a grouped contribution is a signed sum", () => {
    expect(scoreTitle(named("contribution"), 1.5, group)).toBe("Signed sum over 28 paths. Their absolute sum ranks: 3.20");
    expect(scoreTitle(named("contribution"), -1.5, group)).toBe(
      "Signed sum over 28 paths: lowers the target. Their absolute sum ranks: 3.20",
    );
  });
  it("says what a negative contribution does", () => {
    expect(scoreTitle(named("contribution"), -1.5, null)).toBe("Lowers the target");
    expect(scoreTitle(named("contribution"), -1.5, { size: 1.5, members: 1 })).toBe("Lowers the target");
  });
  it("adds nothing to an influence", () => {
    expect(scoreTitle(named("influence"), 0.1, group)).toBeUndefined();
  });
});

describe("lowers", () => {
  it("is told by contribution alone", () => {
    expect(lowers(named("contribution"), -1)).toBe(true);
    expect(lowers(named("contribution"), 1)).toBe(false);
    expect(lowers(named("mean_weight"), -1)).toBe(false);
  });
});

describe("names", () => {
  it("are words", () => {
    expect(scoreName(named("mean_weight"))).toBe("mean weight");
    expect(titled(scoreName(named("mean_weight")))).toBe("Mean weight");
  });
});
