import { describe, expect, it } from "vitest";
import type { PathsAnswer } from "../../../api/types";
import { countsUntil } from "./until";

const list = (side: "raises" | "lowers", ...carried: number[]) => ({
  side,
  answer: { groups: null, paths: carried.map((raising) => ({ effect: { raising, lowering: 0 } })) } as unknown as PathsAnswer,
});

describe("countsUntil", () => {
  const lists = [list("raises", 0.2, 0.01, 0.2), list("lowers", 0.1, 0.05)];
  it("takes rows from the tops of both lists, the one that carries more first", () => {
    expect(countsUntil(lists, 0.25)).toMatchObject({ k: { raises: 1, lowers: 1 }, rows: 2, reached: true });
    expect(countsUntil(lists, 0.34)).toMatchObject({ k: { raises: 1, lowers: 2 }, rows: 3, reached: true });
    // The third row of the first list stands behind one that carries little.
    expect(countsUntil(lists, 0.5)).toMatchObject({ k: { raises: 3, lowers: 2 }, rows: 5, reached: true });
  });
  it("says how much there is where that is less", () => {
    const all = countsUntil(lists, 0.75);
    expect(all).toMatchObject({ k: { raises: 3, lowers: 2 }, rows: 5, reached: false });
    expect(all.covered).toBeCloseTo(0.56);
    expect(countsUntil([list("raises", 0.2), list("lowers")], 0.5).k).toEqual({ raises: 1, lowers: 1 });
  });
});
