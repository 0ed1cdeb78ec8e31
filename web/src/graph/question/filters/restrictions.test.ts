import { describe, expect, it } from "vitest";
import { fixtureModel, fixtureScores, key } from "../../../testing/fixture";
import { changed, firstQuestion, NO_FILTERS, type PageQuestion } from "../question";
import { conditionsText, lengthText, restrictionsOf } from "./restrictions";

const plain = fixtureModel();
const model = { ...plain, nodes: { ...plain.nodes, supernodes: [{ name: "state", nodes: [2, 3] }] } };
const first = firstQuestion(model, fixtureScores());
const asking = (change: Partial<PageQuestion>) => changed(first, change);
const texts = (change: Partial<PageQuestion>) => restrictionsOf(model, asking(change)).map(({ text }) => text);

describe("restrictionsOf", () => {
  it("names each filter, from before through before around", () => {
    const change = { source: ["token: Dallas"], through: [key(2)], avoid: [key(4)] };
    expect(texts(change)).toEqual(["from Dallas", "through Texas L0 Dallas", "around L1 #13 is"]);
    expect(restrictionsOf(model, asking(change))[1]?.title).toBe("through Texas, layer 0, position 1");
    expect(conditionsText(restrictionsOf(model, asking(change)))).toBe(" from Dallas, through Texas L0 Dallas, around L1 #13 is");
  });
  it("says what is no filter in brackets, in a sentence", () => {
    const conditions = (change: Partial<PageQuestion>) => conditionsText(restrictionsOf(model, asking(change)));
    expect(conditions({})).toBe("");
    expect(conditions({ maxLength: 2, hideBos: true })).toBe(" (2 links, not from ‹bos›)");
    expect(conditions({ source: ["token: Dallas"], maxLength: 2 })).toBe(" from Dallas (2 links)");
  });
  it("names all that a selector can be, and any of several", () => {
    expect(texts({ through: ["label:Texas|layer:1", "supernode:state", "position:2", "feature:0/11", "feature:1/13"] })).toEqual([
      "through Texas or layer 1",
      "through state supernode",
      "through features at is",
      "through Texas L0 #11",
      "through L1 #13 at any token",
    ]);
    expect(texts({ source: ["position:1"] })).toEqual(["from Dallas"]);
  });
  it("names all else that leaves paths out", () => {
    expect(texts({ sign: "all-positive", minLength: 1, maxLength: 3, hideBos: true, unpruned: true })).toEqual([
      "all links excite",
      "1 to 3 links",
      "not from ‹bos›",
      "whole trace",
    ]);
    expect([{ minLength: 3, maxLength: null }, { minLength: 1, maxLength: 1 }].map(lengthText)).toEqual(["at least 3 links", "1 link"]);
  });
  it("says what takes each away, and all of them", () => {
    const asked = asking({ source: ["token: Dallas"], through: [key(2), "label:Texas"], sign: "negative", maxLength: 4, hideBos: true, unpruned: true });
    let left = asked;
    const count = restrictionsOf(model, asked).length;
    for (let at = 0; at < count; at++) left = changed(left, restrictionsOf(model, left)[0]?.without ?? {});
    expect(left).toEqual(asking({}));
    expect(changed(asked, NO_FILTERS)).toEqual(asking({}));
  });
  it("passes over nodes that the graph does not have", () => {
    expect(texts({ through: ["other/feature/0/0/0"] })).toEqual([]);
  });
  it("tells two filters apart that would read alike", () => {
    const same = { ...model, nodes: { ...model.nodes, layer: model.nodes.layer.map((layer, node) => (node === 3 ? 0 : layer)) } };
    expect(restrictionsOf(same, asking({ through: [key(2), key(3)] })).map(({ text }) => text)).toEqual([
      "through Texas L0 #11 Dallas",
      "through Texas L0 #12 Dallas",
    ]);
  });
});
