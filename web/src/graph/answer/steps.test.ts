import { describe, expect, it } from "vitest";
import type { GroupStep } from "../../api/types";
import { fixtureModel, fixturePath } from "../../testing/fixture";
import { isToken, stepOfGroup, stepOfNode, stepText } from "./steps";

const { writeToken } = fixtureModel();
const tokenAt = (position: number) => `token ${position}`;
const group = (of: Partial<GroupStep>): GroupStep => ({
  kind: "feature",
  name: null,
  token: null,
  layer: null,
  position: null,
  index: null,
  site: null,
  nodes: ["a", "b"],
  ...of,
});

describe("stepOfGroup", () => {
  it("says the token of a position", () => {
    const step = stepOfGroup(group({ name: "position 1", position: 1 }), "position", tokenAt);
    expect(stepText(step, writeToken)).toBe("position 1");
    expect(step.note).toEqual({ text: "token 1", isToken: true });
  });
  it("tells features of one label apart by their layers", () => {
    expect(stepOfGroup(group({ name: "Texas", layer: 20, index: 5 }), "feature", tokenAt).note?.text).toBe("L20");
    expect(stepOfGroup(group({ name: "Texas" }), "label", tokenAt).note).toBeNull();
  });
  it("names a feature without a label by layer and index", () => {
    expect(stepText(stepOfGroup(group({ layer: 20, index: 5 }), "feature", tokenAt), writeToken)).toBe("L20 #5");
  });
  it("takes a drawn supernode by its name, even one that holds embeddings", () => {
    const drawn = stepOfGroup(group({ kind: "embedding", name: "places" }), "supernode", tokenAt);
    expect(isToken(drawn)).toBe(false);
    expect(stepText(drawn, writeToken)).toBe("places");
  });
});

describe("stepOfNode", () => {
  it("writes tokens as tokens and labels with their layers", () => {
    const [dallas, texas] = fixturePath([1, 2, 6]).nodes.map(stepOfNode);
    expect(dallas && isToken(dallas) && stepText(dallas, writeToken)).toBe("Dallas");
    expect(texas).toMatchObject({ label: "Texas", note: { text: "L0", isToken: false } });
  });
});
