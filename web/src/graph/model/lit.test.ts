import { describe, expect, it } from "vitest";
import type { RankedGroup } from "../../api/types";
import { fixtureModel, fixturePath, key } from "../../testing/fixture";
import { litGroup, litPath } from "./lit";

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
