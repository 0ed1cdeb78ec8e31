import { describe, expect, it } from "vitest";
import type { RankedGroup } from "../../api/types";
import { fixtureModel, fixturePath, key } from "../../testing/fixture";
import { chosenNodes, linksAmong, litGroup, litPath, onlyPicked } from "./lit";

const model = fixtureModel();
const ends = (edges: number[]): string[] =>
  edges.map((edge) => `${model.edges.source[edge] ?? "?"}-${model.edges.target[edge] ?? "?"}`);

describe("litPath", () => {
  it("lights the path's nodes and the links between neighbours", () => {
    const lit = litPath(model, fixturePath([1, 2, 3, 6]));
    expect(lit.nodes).toEqual([1, 2, 3, 6]);
    expect(ends(lit.edges)).toEqual(["1-2", "2-3", "3-6"]);
  });
});

describe("litGroup", () => {
  const step = (nodes: number[]) => ({
    kind: "feature" as const,
    name: null,
    token: null,
    layer: null,
    position: null,
    index: null,
    site: null,
    label_sources: [],
    nodes: nodes.map(key),
  });
  const group: RankedGroup = {
    score: 0.5,
    signed: 0.5,
    influence: 0.5,
    members: 2, members_rounded: false, effect: fixturePath([1, 2, 6]).effect,
    sequence: [step([1]), step([2, 3]), step([6])],
    best_members: [fixturePath([1, 2, 6])],
  };

  it("lights every node of every step, the best member's first", () => {
    expect(litGroup(model, group).nodes).toEqual([1, 2, 6, 3]);
  });
  it("lights the links between steps and within one, and no others", () => {
    expect(ends(litGroup(model, group).edges)).toEqual(["1-2", "2-3", "2-6", "3-6"]);
  });
  it("says nothing of nodes that the graph does not have", () => {
    const elsewhere = { ...group, sequence: [{ ...step([1]), nodes: ["other/feature/0/0/0"] }], best_members: [] };
    expect(litGroup(model, elsewhere)).toEqual({ nodes: [], edges: [] });
  });
});

describe("a selection", () => {
  it("stands before the lit row, each node once", () => {
    expect(chosenNodes({ lit: { nodes: [1, 3, 6], edges: [] }, nodes: [3, 2] })).toEqual([3, 2, 1, 6]);
  });
  it("is of one node alone or of several", () => {
    expect([[], [4], [4, 2]].map((nodes) => onlyPicked({ lit: { nodes: [1], edges: [] }, nodes }))).toEqual([null, 4, null]);
  });
  it("is joined by the links among its nodes", () => {
    expect(ends(linksAmong(model, [3, 1, 2]))).toEqual(["1-2", "2-3"]);
    expect(linksAmong(model, [0, 1])).toEqual([]);
  });
});
