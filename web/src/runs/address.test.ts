import { describe, expect, it } from "vitest";
import { addressOf, questionOf } from "./address";

describe("the address of the page of runs", () => {
  it("says which jobs are listed", () => {
    for (const question of [
      { shown: "all", kind: null, page: 0 },
      { shown: "failed", kind: "prune", page: 2 },
    ] as const) {
      expect(questionOf(addressOf(question).replace("/runs", ""))).toEqual(question);
    }
    expect(addressOf({ shown: "all", kind: null, page: 0 })).toBe("/runs");
    expect(addressOf({ shown: "unfinished", kind: "trace", page: 1 })).toBe("/runs?show=unfinished&kind=trace&page=2");
  });
  it("that asks what cannot be asked lists all", () => {
    expect(questionOf("?show=x&kind=toString&page=-1")).toEqual({ shown: "all", kind: null, page: 0 });
    expect(questionOf("?page=1.5").page).toBe(0);
  });
});
