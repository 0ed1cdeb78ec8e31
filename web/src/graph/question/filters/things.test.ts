import { describe, expect, it } from "vitest";
import { fixtureModel, key } from "../../../testing/fixture";
import { search, sortText, thingsOf } from "./things";

const plain = fixtureModel();
const model = { ...plain, nodes: { ...plain.nodes, supernodes: [{ name: "state", nodes: [2, 3] }] } };
const selectors = (verb: Parameters<typeof thingsOf>[1]) => thingsOf(model, verb).map(({ selector }) => selector);

describe("thingsOf", () => {
  it("are all that paths can go through: labels, tokens, supernodes, places, layers and nodes", () => {
    expect(selectors("through")).toEqual([
      "label:Texas",
      "token:<bos>",
      "token: Dallas",
      "supernode:state",
      "position:1",
      "position:2",
      "layer:0",
      "layer:1",
      ...[0, 1, 2, 3, 4].map(key),
    ]);
    expect(selectors("anyOf")).toEqual(selectors("through"));
  });
  it("are other ones as beginnings and ends of paths", () => {
    expect(selectors("source")).toContain(key(5));
    expect(selectors("source")).not.toContain("position:1");
    expect(selectors("target")).toEqual([key(6), key(2), key(3), key(4)]);
  });
  it("are a feature only where that is more than one node", () => {
    const twice = { ...model, nodes: { ...model.nodes, index: model.nodes.index.map((index, node) => (node === 4 ? 12 : index)) } };
    expect(thingsOf(twice, "through").filter(({ sort }) => sort === "feature")).toMatchObject([{ selector: "feature:1/12", nodes: 2 }]);
  });
  it("say what they are", () => {
    const said = new Map(thingsOf(model, "through").map((thing) => [thing.selector, sortText(thing)]));
    expect(["label:Texas", "token: Dallas", "position:1", key(4)].map((each) => said.get(each))).toEqual([
      "label, 2 nodes",
      "token",
      "at a token, 2 nodes",
      "one node",
    ]);
  });
});

describe("search", () => {
  const found = (text: string) => search(thingsOf(model, "through"), text).map(({ selector }) => selector);
  it("finds by name, id, layer and kind, the best fit first", () => {
    expect(found("texas")).toEqual(["label:Texas", key(2), key(3)]);
    expect(found("#13")).toEqual([key(4)]);
    expect(found("1/13")).toEqual([key(4)]);
    expect(found("L0")).toEqual(["layer:0", key(2)]);
    expect(found("texas l1")).toEqual([key(3)]);
    expect(found("token dal")).toEqual(["token: Dallas"]);
    expect(found("paris")).toEqual([]);
  });
  it("finds all where nothing is looked for", () => {
    expect(found("  ")).toEqual(selectors("through"));
  });
});
