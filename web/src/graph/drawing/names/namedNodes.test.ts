import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../../testing/fixture";
import { NOTHING_LIT } from "../../model/lit";
import { namedNodes } from "./namedNodes";

const model = fixtureModel();
const byStrength = [2, 3, 4];

describe("namedNodes", () => {
  it("names the prediction and labelled features where nothing is selected", () => {
    expect(namedNodes(model, { lit: NOTHING_LIT, node: null }, byStrength, 1)).toEqual([6, 2, 3]);
  });
  it("names a selection first, and nothing else but the prediction", () => {
    expect(namedNodes(model, { lit: { nodes: [1, 3, 6], edges: [] }, node: null }, byStrength, 1)).toEqual([3, 6]);
  });
  it("names the neighbours of a selected node, each node once", () => {
    expect(namedNodes(model, { lit: NOTHING_LIT, node: 4 }, byStrength, 1)).toEqual([4, 6, 5]);
    expect(namedNodes(model, { lit: NOTHING_LIT, node: 4 }, byStrength, 4)).toEqual([4, 6, 5, 2, 3]);
  });
});
