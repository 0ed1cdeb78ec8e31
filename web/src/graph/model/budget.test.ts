import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { drawnBy, FIRST_BUDGET, MOST_UNASKED } from "./budget";
import type { GraphModel } from "./model";

const model = fixtureModel();
/** Of the features 2, 3 and 4 these flows, and of the error 5 an influence that no token has. */
const carried = { through: [0.4, 0.6, 0.5, 0.3, 0.2, 0, 1], onward: [0, 0, 0, 0, 0, 0.1, 1] };
const shown = (budget: Partial<typeof FIRST_BUDGET>, of: GraphModel = model) => {
  const drawn = drawnBy(of, carried, { ...FIRST_BUDGET, ...budget });
  return [...drawn.shows.keys()].filter((node) => drawn.shows[node]);
};

/** A graph of so many features, whose flows fall as a half, a third, a quarter… */
function large(nFeatures: number): { model: GraphModel; through: number[] } {
  const kind = ["embedding" as const, "logit" as const, ...Array.from({ length: nFeatures }, () => "feature" as const)];
  const nodes = { ...model.nodes, kind, id: kind.map(String), cumulative_influence: kind.map((_, node) => node / kind.length) };
  return { model: { ...model, nodes, edges: { ...model.edges, source: [], target: [] } }, through: kind.map((_, node) => 1 / (node + 1)) };
}

describe("drawnBy", () => {
  it("draws the fewest features that hold the share of their flow, and every token and logit", () => {
    expect(shown({ share: 0.5 })).toEqual([0, 1, 2, 6]); // 0.5 of 1 in all
    expect(shown({ share: 0.51 })).toEqual([0, 1, 2, 3, 6]);
    expect(shown({ share: 0.8 })).toEqual([0, 1, 2, 3, 6]);
    expect(shown({ share: 0.01 })).toEqual([0, 1, 2, 6]);
    expect(shown({ share: 1 })).toEqual([0, 1, 2, 3, 4, 6]);
  });
  it("draws errors only where they are asked for, by what they add themselves", () => {
    expect(shown({ share: 0.5, errors: true })).toEqual([0, 1, 2, 5, 6]);
    expect(shown({ errors: true })).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
  it("draws what is pinned, and not what was hidden by hand, which comes last in the list", () => {
    const drawn = drawnBy(model, carried, { share: 0.5, errors: false }, { shown: [4, 2], hidden: [1, 2] });
    expect(drawn).toMatchObject({ hidden: [3, 5, 1, 2], nodes: 3 });
  });
  it("counts what is drawn, and lists the rest with the strongest first", () => {
    // Links 2 -> 6 and 1 -> 2 are left of eight.
    expect(drawnBy(model, carried, { share: 0.5, errors: false })).toMatchObject({ share: 0.5, nodes: 4, links: 2, hidden: [3, 4, 5] });
  });
  it("goes by the order of pruning until the flow is known", () => {
    // 1 - cumulative influence: 0.7, 0.5, 0.2.
    expect(drawnBy(model, null, { share: 0.6, errors: false }).hidden).toEqual([4, 5]);
    const unknown = { ...model, nodes: { ...model.nodes, cumulative_influence: model.nodes.id.map(() => null) } };
    expect(drawnBy(unknown, null, { share: 0.5, errors: false }).hidden).toEqual([5]);
  });
  it("hides no feature of a graph in which nothing flows", () => {
    expect(drawnBy(model, { through: [], onward: [] }, { share: 0.3, errors: true }).hidden).toEqual([]);
  });
  it("unasked, shows all of a small graph, and of a large one as many as can be told apart", () => {
    const small = large(MOST_UNASKED);
    expect(drawnBy(small.model, { through: small.through, onward: [] }, FIRST_BUDGET)).toMatchObject({ share: 1, hidden: [] });
    const { model: big, through } = large(5000);
    const drawn = drawnBy(big, { through, onward: [] }, FIRST_BUDGET);
    const more = drawnBy(big, { through, onward: [] }, { share: drawn.share + 0.01, errors: false });
    expect(drawn.nodes - 2).toBeLessThanOrEqual(MOST_UNASKED);
    expect(more.nodes - 2).toBeGreaterThan(MOST_UNASKED);
    expect(Math.round(drawn.share * 100) / 100).toBe(drawn.share);
    expect(drawnBy(big, null, FIRST_BUDGET).nodes - 2).toBeLessThanOrEqual(MOST_UNASKED);
  });
});
