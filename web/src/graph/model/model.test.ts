import { describe, expect, it } from "vitest";
import { fixtureModel, fixtureNodes } from "../../testing/fixture";
import { fileTarget, graphModel, linksOf, nodeName, renamed, strongest, type GraphModel } from "./model";

const model = fixtureModel();

describe("graphModel", () => {
  it("knows each node's links in both directions", () => {
    expect(Array.from(linksOf(model.incoming, 3))).toEqual([1, 2]);
    expect(Array.from(linksOf(model.outgoing, 2))).toEqual([1, 5]);
    expect(linksOf(model.incoming, 0)).toHaveLength(0);
    expect(linksOf(model.outgoing, 6)).toHaveLength(0);
  });
  it("names nodes by label, token, or layer and index", () => {
    expect(nodeName(model, 1)).toEqual({ text: "Dallas", isToken: true });
    expect(nodeName(model, 2)).toEqual({ text: "Texas", isToken: false });
    expect(nodeName(model, 4)).toEqual({ text: "L1 #13", isToken: false });
    expect(nodeName(model, 5)).toEqual({ text: "L0 error", isToken: false });
    expect(nodeName(model, 6)).toEqual({ text: "Austin", isToken: true });
  });
  it("marks a name that is borrowed, and takes other names for the same graph", () => {
    const origins = model.nodes.label_origin.map((origin) => origin && { ...origin, source: "borrowed" as const });
    const other = renamed(model, { ...model.nodes, label_origin: origins });
    expect(nodeName(other, 2)).toEqual({ text: "Texas", isToken: false, isInferred: true });
    expect(other.edges).toBe(model.edges);
  });
  it("orders links by share, strongest first", () => {
    expect(strongest(model, linksOf(model.incoming, 6), 2)).toEqual([6, 5]);
  });
});

describe("the target that a file names", () => {
  const two = (isTarget: boolean[], probability: number[]): GraphModel =>
    graphModel(model.record, {
      ...fixtureNodes(),
      id: ["a", "b"],
      kind: ["logit", "logit"],
      token: [" north", " south"],
      is_target_logit: isTarget,
      probability,
    }, { graph: "g", source: [], target: [], weight: [], share: [] });
  it("is told where it is not the most probable logit", () => {
    expect(fileTarget(two([false, true], [0.7, 0.2]))).toBe("south");
    expect(fileTarget(two([true, false], [0.7, 0.2]))).toBeNull();
    expect(fileTarget(two([false, false], [0.7, 0.2]))).toBeNull();
  });
});
