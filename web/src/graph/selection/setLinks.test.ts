import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { onwardInfluence } from "../node/linkFlow";
import { innerLinks, setLinks } from "./setLinks";

const model = fixtureModel();
const onward = onwardInfluence(model, model.edges.share, new Map([[6, 1]]), new Set());
/** Of the paths from tokens to Austin: 1-2-6 0.25, 1-2-3-6 0.375, 0-3-6 0.125, 1-4-6 0.125. */
const flow = { through: [0.125, 0.75, 0.625, 0.5, 0.125, 0, 0.875], onward, share: model.edges.share };

describe("setLinks", () => {
  it("sums the links of each node outside the set, those that carry most first", () => {
    const into = setLinks(model, [2, 3], "from", flow);
    expect(into.map(({ node, edges }) => [node, edges.length])).toEqual([[1, 1], [0, 1]]);
    expect(into.map((link) => link.flow)).toEqual([0.625, 0.125].map((each) => expect.closeTo(each) as number));
    const out = setLinks(model, [2, 3], "to", flow);
    expect(out).toMatchObject([{ node: 6, edges: [5, 6], weight: 3, flow: expect.closeTo(0.75) as number }]);
  });
  it("adds weights with their signs, and goes by them while no flow is known", () => {
    expect(setLinks(model, [3, 4, 2], "to", null)).toMatchObject([{ node: 6, weight: 2, flow: null }]);
    expect(setLinks(model, [6], "from", null).map(({ node }) => node)).toEqual([3, 2, 4]);
  });
  it("leaves out what runs within the set, and counts it", () => {
    expect([innerLinks(model, [2, 3]), innerLinks(model, [1, 2, 3, 6]), innerLinks(model, [4])]).toEqual([1, 4, 0]);
  });
});
