import { describe, expect, it } from "vitest";
import { addressOf, askedOf, EVERYTHING, isFiltered, PAGE, questionOf, type LibraryAsked } from "./asked";

describe("what the library lists", () => {
  it("stands in its address", () => {
    const asked: LibraryAsked = { search: "a & b = 100% Ада", model: "google/gemma", collection: "my cities", labels: "no", faithful: "0.5", order: "prompt" };
    const address = new URL(addressOf(asked), "http://localhost");
    expect(address.pathname).toBe("/");
    expect(askedOf(address.search)).toEqual(asked);
    expect(addressOf(EVERYTHING)).toBe("/");
    expect(askedOf("?order=size&labels=x&again=job:1")).toEqual(EVERYTHING);
  });
  it("is all, unless a filter is set", () => {
    expect([EVERYTHING, { ...EVERYTHING, order: "prompt" as const }, { ...EVERYTHING, labels: "yes" as const }].map(isFiltered)).toEqual([false, false, true]);
  });
  it("is asked of the server in its words", () => {
    expect(questionOf(EVERYTHING, 0)).toEqual({ search: "", order: "newest", offset: 0, limit: PAGE });
    expect(questionOf({ ...EVERYTHING, search: " a ", labels: "no", faithful: "0.8", collection: "c", model: "m" }, 2)).toEqual({
      search: "a",
      order: "newest",
      offset: 2 * PAGE,
      limit: PAGE,
      labelled: false,
      min_faithfulness: 0.8,
      collection: "c",
      model: "m",
    });
    expect(questionOf({ ...EVERYTHING, faithful: "any" }, 0).min_faithfulness).toBeLessThan(-1e6);
  });
});
