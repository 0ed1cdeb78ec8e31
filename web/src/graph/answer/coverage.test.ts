import { describe, expect, it } from "vitest";
import { segments, type Coverage } from "./coverage";

const answer: Coverage = {
  total: 0.7,
  matching: 0.56,
  covered: 0.15,
  direct: 0.14,
  from_errors: 0.2,
  pruned_away: 0.06,
};

const parts = (of: Coverage) => Object.fromEntries(segments(of).map(({ name, share }) => [name, share]));

describe("segments", () => {
  it("divides the whole of the influence", () => {
    expect(segments(answer).map(({ name }) => name)).toEqual(["shown", "direct", "other", "errors", "pruned", "rest"]);
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
  });
  it("names what the filters leave out", () => {
    const filtered = parts({ ...answer, matching: 0.2 });
    expect(filtered.other).toBeCloseTo(0.05);
    expect(filtered.unfit).toBeCloseTo(0.36);
    expect(filtered.rest).toBeCloseTo(0.04);
    expect(Object.values(filtered).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  });
  it("keeps what is shown even where that is nothing", () => {
    expect(parts({ ...answer, covered: 0 })).toHaveProperty("shown", 0);
  });
});
