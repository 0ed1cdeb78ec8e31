import { describe, expect, it } from "vitest";
import type { PathEffect, PathsAnswer } from "../../api/types";
import { fixtureModel, fixturePath, fixtureScores } from "../../testing/fixture";
import { scoreNamed } from "../question/scores";
import { rowsOf } from "./rows";
import { sentence, targetText } from "./sentence";

const model = fixtureModel();
const score = scoreNamed(fixtureScores(), "contribution");
const raises: PathEffect = { influence: 0.2, raising: 0.2, lowering: 0, contribution: 4 };
const mixed: PathEffect = { influence: 0.1, raising: 0.02, lowering: 0.08, contribution: -1.5 };
const ENDS = [
  [1, 2, 6],
  [1, 4, 6],
  [0, 3, 6],
  [1, 3, 6],
];

/** The two parts of the sentence of a list of what raises and, if it is given, one of what lowers. */
function said(raising: readonly PathEffect[] | null, lowering: readonly PathEffect[] | null = null, conditions = "", ends = 6): [string, string] {
  const list = (side: "raises" | "lowers", effects: readonly PathEffect[]) => {
    const answer = {
      group_by: "none",
      groups: null,
      paths: effects.map((effect, at) => ({ ...fixturePath(ENDS[side === "raises" ? at : 3 - at] ?? []), effect })),
      targets: [{ node: fixturePath([ends]).nodes[0], weight: 1 }],
      effect: { influence: 0.4, raising: 0.3, lowering: 0.1, contribution: 2 },
      total: 0.7,
      matching: 0.4,
      direct: 0.3,
      from_errors: 0.2,
      pruned_away: 0.1,
    } as PathsAnswer;
    return { side, answer, rows: rowsOf(answer, model, score) };
  };
  return sentence(
    [...(raising ? [list("raises", raising)] : []), ...(lowering ? [list("lowers", lowering)] : [])],
    model.writeToken,
    { question: { minLength: 2, source: [] }, conditions },
  );
}

describe("the sentence of an answer", () => {
  it("names what raises and what lowers the target most, in logits, and what is not listed", () => {
    expect(said([raises], [mixed])).toEqual([
      "Of these 2 paths, in logits: Dallas → Texas (+4.00) raises Austin most; Dallas → Texas (−1.50) lowers it most.",
      "Paths that fit raise Austin with 30.0 % of its influence and lower it with 10.0 %; the lists carry 30.0 %. " +
        "Not listed: direct 30.0 %, other paths 10.0 %, errors 20.0 %, pruned away 10.0 %.",
    ]);
  });
  it("names a difference of two logits", () => {
    const [node] = fixturePath([6]).nodes;
    const difference = { targets: [{ node, weight: 1 }], rather_than: { ...node, token: " Dallas" } } as PathsAnswer;
    expect(targetText(difference, model.writeToken)).toBe("Austin rather than Dallas");
    expect(targetText({ ...difference, rather_than: null }, model.writeToken)).toBe("Austin");
  });
  it("says what restricts the paths, and in which units a feature is raised", () => {
    expect(said([raises], null, " from Dallas, through Texas", 3)[0]).toBe(
      "Of this path from Dallas, through Texas, in units of its pre-activation: Dallas → Texas (+4.00) raises Texas (L1) most.",
    );
  });
  it("goes by influence where contributions are not known", () => {
    const [up, down] = [raises, mixed].map((effect) => ({ ...effect, contribution: null }));
    expect(up && down && said([up], [down])[0]).toBe(
      "Of these 2 paths, in shares of its influence: Dallas → Texas (+20.0 %) raises Austin most; Dallas → Texas (−6.0 %) lowers it most.",
    );
  });
  it("names the strongest first, and two after it", () => {
    const four = [1, 2, 3, 4].map((contribution) => ({ ...raises, contribution }));
    const [first, rest] = said(four, [mixed]);
    expect(first).toContain("Of these 5 paths, in logits: Dallas → Texas (+4.00) raises Austin most;");
    expect(rest).toMatch(/^Next, ‹bos› → Texas \(\+3.00\) and Dallas → L1 #13 \(\+2.00\) raise it\. Paths/);
  });
  it("says it where nothing is on a side", () => {
    expect(said([raises], [])[0]).toBe("Of this path, in logits: Dallas → Texas (+4.00) raises Austin most; nothing lowers it.");
    expect(said([], [mixed])[0]).toBe("Of this path, in logits: nothing raises Austin; Dallas → Texas (−1.50) lowers it most.");
  });
  it("does not name under one side what the other figure puts on the other", () => {
    expect(said([mixed], [mixed])[0]).toContain("none clearly raises Austin;");
  });
  it("speaks of one side alone where one alone is listed", () => {
    const [first, rest] = said(null, [mixed]);
    expect(first).toBe("Of this path, in logits: Dallas → Texas (−1.50) lowers Austin most.");
    expect(rest).toContain("the list carries 10.0 %");
  });
});
