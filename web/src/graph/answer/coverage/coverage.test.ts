import { describe, expect, it } from "vitest";
import type { PathsAnswer } from "../../../api/types";
import { fixturePath } from "../../../testing/fixture";
import { coverageOf, covered, segments, type Coverage } from "./coverage";

const answer: Coverage = {
  total: 0.7,
  matching: 0.56,
  raising: 0.1,
  lowering: 0.05,
  direct: 0.14,
  from_errors: 0.2,
  pruned_away: 0.06,
  listsDirect: false,
  fromTokens: true,
};

const parts = (of: Coverage) => Object.fromEntries(segments(of).map(({ name, share }) => [name, share]));

describe("segments", () => {
  it("divides the whole of the influence", () => {
    expect(segments(answer).map(({ name }) => name)).toEqual([
      "raising",
      "lowering",
      "direct",
      "other",
      "errors",
      "pruned",
      "rest",
    ]);
    expect(segments(answer).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(parts(answer).other).toBeCloseTo(0.41);
    expect(parts(answer).rest).toBeCloseTo(0.04);
  });
  it("takes all that is not direct as matching where that is not computed", () => {
    expect(parts({ ...answer, matching: null }).other).toBeCloseTo(0.41);
  });
  it("says nothing of pruning where that is not known, nor of parts that are only rounding", () => {
    const known = parts({ ...answer, pruned_away: null, from_errors: 0.3 });
    expect(known).not.toHaveProperty("pruned");
    expect(known).not.toHaveProperty("rest");
    expect(parts({ ...answer, lowering: 0 })).not.toHaveProperty("lowering");
  });
  it("has no part of its own for direct links where lists have them", () => {
    const all = parts({ ...answer, listsDirect: true, matching: 0.7 });
    expect(all).not.toHaveProperty("direct");
    expect(all).not.toHaveProperty("unfit");
    expect(all.other).toBeCloseTo(0.55);
  });
  it("does not tell where that comes from which chosen sources do not", () => {
    const chosen = parts({ ...answer, fromTokens: false });
    expect(chosen.elsewhere).toBeCloseTo(0.3);
    for (const name of ["errors", "pruned", "rest"]) expect(chosen).not.toHaveProperty(name);
  });
  it("names what the filters leave out", () => {
    const filtered = parts({ ...answer, matching: 0.2 });
    expect(filtered.other).toBeCloseTo(0.05);
    expect(filtered.unfit).toBeCloseTo(0.36);
    expect(filtered.rest).toBeCloseTo(0.04);
    expect(Object.values(filtered).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  });
});

describe("coverageOf", () => {
  const list = (raising: number, lowering: number, grouped: boolean) => {
    const path = { ...fixturePath([1, 2, 6]), effect: { influence: raising + lowering, raising, lowering, contribution: null } };
    return { ...answer, groups: grouped ? [path] : null, paths: grouped ? null : [path] } as unknown as PathsAnswer;
  };
  it("adds up the paths of both lists, and takes the rest from one of them", () => {
    // A group that raises on balance has paths that lower, too.
    const both = coverageOf([list(0.1, 0.02, true), list(0.01, 0.05, false)], { minLength: 2, source: [] });
    expect(both).toMatchObject({ total: 0.7, matching: 0.56 });
    expect(both?.raising).toBeCloseTo(0.11);
    expect(both?.lowering).toBeCloseTo(0.07);
    expect(both && covered(both)).toBeCloseTo(0.18);
  });
  it("is nothing where there is no answer", () => {
    expect(coverageOf([], { minLength: 2, source: [] })).toBeNull();
  });
});
