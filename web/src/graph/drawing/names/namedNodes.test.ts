import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../../testing/fixture";
import { NOTHING_LIT, type Picked } from "../../model/lit";
import { namedNodes } from "./namedNodes";

const model = fixtureModel();
const named = (picked: Picked, zoom = 1, byStrength = [2, 3, 4], isDrawn: (node: number) => boolean = () => true): number[] =>
  namedNodes(model, { picked, target: 6, byStrength, isDrawn }, zoom);

describe("namedNodes", () => {
  it("names the target and labelled features where nothing is selected, the strongest first", () => {
    expect(named({ lit: NOTHING_LIT, nodes: [] })).toEqual([6, 2, 3]);
    expect(named({ lit: NOTHING_LIT, nodes: [] }, 1, [4, 3, 2])).toEqual([6, 3, 2]);
  });
  it("names a selection after the target, and nothing else", () => {
    expect(named({ lit: { nodes: [1, 3, 6], edges: [] }, nodes: [] })).toEqual([6, 3]);
  });
  it("names the neighbours of a selected node, each node once", () => {
    expect(named({ lit: NOTHING_LIT, nodes: [4] })).toEqual([6, 4, 5]);
    expect(named({ lit: NOTHING_LIT, nodes: [4] }, 4)).toEqual([6, 4, 5, 2, 3]);
  });
  it("names several selected nodes, and none of their neighbours", () => {
    expect(named({ lit: NOTHING_LIT, nodes: [4, 3] })).toEqual([6, 4, 3]);
  });
  it("names no neighbour that is not drawn", () => {
    expect(named({ lit: NOTHING_LIT, nodes: [4] }, 1, [2, 3, 4], (node) => node !== 5)).toEqual([6, 4]);
  });
  it("names every logit, the target first", () => {
    const nodes = { ...model.nodes, kind: [...model.nodes.kind] };
    nodes.kind[3] = "logit";
    const others = { ...model, nodes: { ...nodes, probability: nodes.kind.map((_, node) => (node === 3 ? 0.7 : 0.2)) } };
    expect(namedNodes(others, { picked: { lit: NOTHING_LIT, nodes: [] }, target: 6, byStrength: [], isDrawn: () => true }, 1)).toEqual([6, 3]);
  });
});
