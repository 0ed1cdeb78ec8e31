import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../../testing/fixture";
import { strengthOf, tinted } from "./tints";

const model = fixtureModel();

describe("tinted", () => {
  it("tints both ends' neighbours by the sign and the strength of their links, the palest first", () => {
    // 2 feeds 3 with three quarters of its input; 0 inhibits 3 with a quarter; 3 feeds 6 with half.
    expect(tinted(model, 3, [2, 1, 6])).toEqual([
      ["inhibits 4", [0]],
      ["excites 4", [2, 6]],
    ]);
  });
  it("goes from pale to full with the share", () => {
    const weak = { ...model, edges: { ...model.edges, share: [0.01, 0.04, 0.1, 1, 1, 1, 1, 1] } };
    expect(tinted(weak, 2, [0])).toEqual([["excites 1", [1]]]);
    expect(tinted(weak, 3, [1, 2])).toEqual([
      ["excites 2", [2]],
      ["inhibits 3", [0]],
    ]);
    expect([0, 0.1, 1].map((share) => Math.round(strengthOf(share) * 100))).toEqual([0, 51, 100]);
  });
  it("takes the strongest of several links to one node", () => {
    const edges = { ...model.edges, target: [...model.edges.target] };
    edges.target[2] = 2; // 0 -> 2, beside 1 -> 2
    edges.source[2] = 1;
    expect(tinted({ ...model, edges }, 2, [2, 0])).toEqual([["excites 4", [1]]]);
  });
});
