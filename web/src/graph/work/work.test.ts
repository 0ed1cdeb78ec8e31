import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { commonName } from "./commonName";
import { allPinned, edited, nameTrouble, NO_WORK, unusedName, type Edit, type Work } from "./work";

const after = (...edits: Edit[]): Work => edits.reduce(edited, NO_WORK);
const texas: Edit = { type: "grouped", name: "Texas", nodes: [3, 2], colour: 1 };

describe("edited", () => {
  it("pins nodes once, and those of no supernode", () => {
    expect(after(texas, { type: "pinned", nodes: [4, 2, 4] })).toMatchObject({ pinned: [4], supernodes: [{ name: "Texas", nodes: [2, 3] }] });
  });
  it("unpins the members of supernodes, too, and a supernode that loses all is gone", () => {
    const work = after(texas, { type: "pinned", nodes: [4] }, { type: "unpinned", nodes: [2, 4] });
    expect(work).toMatchObject({ pinned: [], supernodes: [{ name: "Texas", nodes: [3] }] });
    expect(edited(work, { type: "unpinned", nodes: [3] })).toEqual(NO_WORK);
  });
  it("groups nodes that were pinned or another supernode's, and adds to one of the same name", () => {
    const work = after({ type: "pinned", nodes: [1, 4] }, texas, { type: "grouped", name: "Say Austin", nodes: [3, 4] });
    expect(work).toMatchObject({
      pinned: [1],
      supernodes: [
        { name: "Texas", nodes: [2], colour: 1 },
        { name: "Say Austin", nodes: [3, 4], colour: null },
      ],
    });
    expect(edited(work, { type: "grouped", name: "Texas", nodes: [1, 3] }).supernodes).toEqual([
      { name: "Texas", nodes: [1, 2, 3], colour: 1 },
      { name: "Say Austin", nodes: [4], colour: null },
    ]);
  });
  it("renames with the place, not to a name that is taken, and breaks into pins", () => {
    const work = after(texas, { type: "placed", key: "=Texas", place: [0.5, 0.25] }, { type: "grouped", name: "B", nodes: [4] });
    expect(edited(work, { type: "renamed", name: "Texas", to: "B" })).toBe(work);
    const renamed = edited(work, { type: "renamed", name: "Texas", to: "TX" });
    expect(renamed.places).toEqual({ "=TX": [0.5, 0.25] });
    expect(edited(renamed, { type: "broken", name: "TX" })).toMatchObject({ pinned: [2, 3], supernodes: [{ name: "B" }], places: {} });
    expect(edited(renamed, { type: "removed", name: "TX" }).pinned).toEqual([]);
  });
  it("hides and shows nodes", () => {
    const work = after({ type: "hidden", nodes: [5, 4] });
    expect(work.hidden).toEqual([4, 5]);
    expect(edited(work, { type: "unhidden", nodes: [5] }).hidden).toEqual([4]);
  });
  it("expands supernodes in their order, under their new names, and as long as they are there", () => {
    const work = after(texas, { type: "grouped", name: "B", nodes: [4] }, { type: "expanded", name: "B" }, { type: "expanded", name: "Texas" });
    expect(work.expanded).toEqual(["Texas", "B"]);
    expect(edited(work, { type: "expanded", name: "B" }).expanded).toEqual(["Texas"]);
    expect(edited(work, { type: "renamed", name: "Texas", to: "TX" }).expanded).toEqual(["TX", "B"]);
    expect(edited(work, { type: "unpinned", nodes: [4] }).expanded).toEqual(["Texas"]);
    expect(edited(work, { type: "expanded", name: "gone" })).toBe(work);
  });
  it("holds tests once, in their order, and lets them go", () => {
    const work = after({ type: "tested", tests: ["b"] }, { type: "tested", tests: ["a", "b"] }, { type: "started", pinned: [1], supernodes: [] });
    expect(work).toEqual({ ...NO_WORK, pinned: [1], tests: ["b", "a"] });
    expect(edited(work, { type: "untested", tests: ["b", "c"] }).tests).toEqual(["a"]);
    expect(edited(work, { type: "tested", tests: ["a"] })).toBe(work);
  });
  it("starts from other pins and supernodes, keeps what is hidden, and clears all", () => {
    const work = after(texas, { type: "hidden", nodes: [5] }, { type: "started", pinned: [1], supernodes: [] });
    expect(work).toEqual({ ...NO_WORK, pinned: [1], hidden: [5] });
    expect(edited(work, { type: "cleared" })).toEqual(NO_WORK);
  });
  it("gives back the work itself where nothing changes", () => {
    const work = after(texas);
    const edits: Edit[] = [
      { type: "pinned", nodes: [2] },
      { type: "coloured", name: "Texas", colour: 1 },
      { type: "broken", name: "none" },
      { type: "unhidden", nodes: [1] },
      { type: "grouped", name: "none", nodes: [] },
    ];
    for (const edit of edits) expect(edited(work, edit)).toBe(work);
  });
});

describe("names", () => {
  it("of supernodes are the server's: one line, none twice", () => {
    const work = after(texas);
    expect(["", "  ", "a\nb", "x".repeat(201), "Texas"].map((name) => nameTrouble(work, name) === null)).toEqual([false, false, false, false, false]);
    expect([nameTrouble(work, "Texas", "Texas"), nameTrouble(work, "Say (Austin)")]).toEqual([null, null]);
    expect(unusedName(edited(work, { type: "grouped", name: "Texas (2)", nodes: [4] }), "Texas")).toBe("Texas (3)");
  });
  it("are proposed as most of the nodes are called", () => {
    const model = fixtureModel();
    expect([commonName(model, [4, 2, 3]), commonName(model, []), commonName(model, [1])]).toEqual(["Texas", "Group", "Dallas"]);
  });
});

it("allPinned counts the members of supernodes", () => {
  expect(allPinned(after(texas, { type: "pinned", nodes: [0] }))).toEqual([0, 2, 3]);
});
