import { describe, expect, it } from "vitest";
import { fixtureModel, fixtureScores } from "../../../testing/fixture";
import { changed, firstQuestion, type PageQuestion } from "../question";
import { edit, isTooMany, turned, verbOf } from "./edited";

const first = firstQuestion(fixtureModel(), fixtureScores());
const asking = (change: Partial<PageQuestion>) => changed(first, change);

describe("edit", () => {
  it("adds filters: one for each thing, or one for any of them", () => {
    expect(edit(first, null, "through", ["a", "b"])).toEqual({ source: [], through: ["a", "b"], avoid: [] });
    expect(edit(first, null, "anyOf", ["layer:1", "layer:2"]).through).toEqual(["layer:1|layer:2"]);
    expect(edit(asking({ source: ["a"] }), null, "source", ["b"]).source).toEqual(["a", "b"]);
    expect(edit(first, null, "target", ["t"]).target).toBe("t");
  });
  it("puts a filter in the place of another", () => {
    const asked = asking({ through: ["a", "b", "c"] });
    const edited = { filter: "through" as const, selector: "b" };
    expect(edit(asked, edited, "through", ["d"]).through).toEqual(["a", "d", "c"]);
    expect(edit(asked, edited, "avoid", ["b"])).toMatchObject({ through: ["a", "c"], avoid: ["b"] });
    expect(edit(asked, edited, "target", ["b"])).toMatchObject({ through: ["a", "c"], target: "b" });
  });
  it("has no path both through and around a thing, nor a filter twice", () => {
    expect(edit(asking({ avoid: ["a"] }), null, "through", ["a"])).toMatchObject({ through: ["a"], avoid: [] });
    expect(edit(asking({ through: ["a", "b"] }), null, "through", ["a"]).through).toEqual(["b", "a"]);
  });
  it("begins with what the filter is", () => {
    expect(verbOf({ filter: "through", selector: "layer:1|layer:2" })).toEqual({ verb: "anyOf", picked: ["layer:1", "layer:2"] });
    expect(verbOf({ filter: "avoid", selector: "layer:1" })).toEqual({ verb: "avoid", picked: ["layer:1"] });
  });
  it("is too much beyond what the server takes", () => {
    const many = Array.from({ length: 9 }, (_, at) => `layer:${at}`);
    expect([isTooMany(edit(first, null, "through", many)), isTooMany(edit(first, null, "anyOf", many))]).toEqual([true, false]);
  });
});

describe("turned", () => {
  it("makes around of through, and back", () => {
    const asked = asking({ through: ["layer:1|layer:2"], avoid: ["a"] });
    const round = changed(asked, turned(asked, { filter: "through", selector: "layer:1|layer:2" }));
    expect(round).toMatchObject({ through: [], avoid: ["a", "layer:1|layer:2"] });
    expect(turned(round, { filter: "avoid", selector: "a" })).toMatchObject({ through: ["a"], avoid: ["layer:1|layer:2"] });
  });
});
