import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { isTestable, testable } from "./testable";

describe("testable", () => {
  it("keeps feature nodes of MLPs, and subjects that have some", () => {
    const model = fixtureModel();
    const subjects = [
      { name: "all", nodes: [1, 2, 4, 5, 6] },
      { name: "a token", nodes: [1] },
    ];
    expect(testable(model, subjects)).toEqual([{ name: "all", nodes: [2, 4] }]);
  });
  it("knows that attention, unknown activations and graphs of directions cannot be tested", () => {
    const model = fixtureModel();
    const { nodes, record } = model;
    const site = nodes.site.map((_, node) => (node === 2 ? "attn" : null));
    const activation = nodes.activation.map((value, node) => (node === 3 ? null : value));
    expect([2, 3, 4].map((node) => isTestable({ record, nodes: { ...nodes, site, activation } }, node))).toEqual([false, false, true]);
    expect(isTestable({ nodes, record: { ...record, target_kind: "directions" } }, 2)).toBe(false);
  });
});
