import { describe, expect, it } from "vitest";
import type { PathEffect, PathsAnswer } from "../../api/types";
import { fixtureModel, fixturePath } from "../../testing/fixture";
import { rowsOf } from "./rows";
import { sentence } from "./sentence";

const model = fixtureModel();
const raises: PathEffect = { influence: 0.2, raising: 0.2, lowering: 0, contribution: 4 };
const mixed: PathEffect = { influence: 0.1, raising: 0.02, lowering: 0.08, contribution: -1.5 };

function said(effects: readonly PathEffect[], of: Partial<PathsAnswer> = {}): string {
  const ends = [
    [1, 2, 6],
    [1, 4, 6],
    [0, 3, 6],
    [1, 3, 6],
  ];
  const answer = {
    group_by: "none",
    groups: null,
    paths: effects.map((effect, at) => ({ ...fixturePath(ends[at] ?? []), effect })),
    targets: [{ node: fixturePath([6]).nodes[0], weight: 1 }],
    effect: { influence: 0.4, raising: 0.3, lowering: 0.1, contribution: 2 },
    total: 0.7,
    matching: 0.4,
    covered: 0.3,
    direct: 0.3,
    from_errors: 0.2,
    pruned_away: 0.1,
    ...of,
  } as PathsAnswer;
  return sentence(answer, rowsOf(answer, model), model.writeToken).join(" ");
}

describe("the sentence of an answer", () => {
  it("names what raises and what lowers the target, in logits, largest first, and what is not shown", () => {
    expect(said([mixed, raises])).toBe(
      "Of these 2 paths, in logits: Dallas → L1 #13 (+4.00) raises Austin most; Dallas → Texas (−1.50) lowers it most. " +
        "Paths that fit raise Austin with 30.0 % of its influence and lower it with 10.0 %; the list carries 30.0 %. " +
        "Not shown: direct 30.0 %, other paths 10.0 %, errors 20.0 %, pruned away 10.0 %.",
    );
  });
  it("goes by influence where contributions are not known", () => {
    const unknown = [raises, mixed].map((effect) => ({ ...effect, contribution: null }));
    expect(said(unknown)).toContain(
      "Of these 2 paths, in shares of its influence: Dallas → Texas (+20.0 %) raises Austin most; Dallas → L1 #13 (−6.0 %) lowers it most.",
    );
  });
  it("names three that raise", () => {
    const four = [1, 2, 3, 4].map((contribution) => ({ ...raises, contribution }));
    expect(said(four)).toContain(
      "Of these 4 paths, in logits: Dallas → Texas (+4.00), ‹bos› → Texas (+3.00) and Dallas → L1 #13 (+2.00) raise Austin most. Paths",
    );
  });
  it("names the target where nothing raises it", () => {
    expect(said([mixed])).toContain("in logits: Dallas → Texas (−1.50) lowers Austin most.");
  });
});
