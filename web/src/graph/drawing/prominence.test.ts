import { describe, expect, it } from "vitest";
import { fixtureNodes } from "../../testing/fixture";
import { byFlow, byInfluence, sizesBy } from "./prominence";

describe("byInfluence", () => {
  it("is greatest where little cumulative influence lies before a node, and a logit's root of its probability", () => {
    const nodes = fixtureNodes();
    const sizes = byInfluence(nodes);
    expect([2, 3, 4].map((node) => sizes[node])).toEqual([...sizes.slice(2, 5)].sort((a, b) => b - a));
    expect(sizes[6]).toBeCloseTo(Math.sqrt(0.5));
  });
  it("leaves embeddings of unknown influence in the middle, and other nodes small", () => {
    const nodes = { ...fixtureNodes(), cumulative_influence: fixtureNodes().kind.map(() => null) };
    expect([...byInfluence(nodes).slice(0, 3)]).toEqual([0.5, 0.5, 0]);
  });
});

describe("byFlow", () => {
  it("grows an area with the flow, up to that of the greatest feature", () => {
    const sizes = byFlow(fixtureNodes(), [0.1, 0.6, 0.4, 0.2, 0, 0.1, 1]);
    expect([...sizes]).toEqual([0.5, 1, 1, Math.SQRT1_2, 0, 0.5, 1].map(Math.fround));
  });
  it("is nothing where nothing flows", () => {
    expect([...byFlow(fixtureNodes(), fixtureNodes().id.map(() => 0))]).toEqual(fixtureNodes().id.map(() => 0));
  });
});

describe("sizesBy", () => {
  const nodes = fixtureNodes();
  const flow = [0.1, 0.6, 0.4, 0.2, 0, 0.1, 1];
  it("goes by flow as soon as it is there, and by influence until then", () => {
    expect(sizesBy("flow", nodes, null)).toEqual({ prominence: byInfluence(nodes), flow: null });
    expect(sizesBy("flow", nodes, flow)).toEqual({ prominence: byFlow(nodes, flow), flow });
  });
  it("goes by influence where that is chosen, and knows the flow all the same", () => {
    expect(sizesBy("influence", nodes, flow)).toEqual({ prominence: byInfluence(nodes), flow });
  });
});
