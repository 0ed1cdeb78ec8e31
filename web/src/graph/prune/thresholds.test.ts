import { describe, expect, it } from "vitest";
import { firstTyped, isOwn, shareOf, thresholdsOf } from "./thresholds";

describe("thresholds", () => {
  it("begin with the graph's own, or else with the defaults", () => {
    expect(firstTyped({ node_threshold: 0.6, edge_threshold: 0.95 })).toEqual({ node: "0.6", edge: "0.95" });
    expect(firstTyped({ node_threshold: null, edge_threshold: null })).toEqual({ node: "0.8", edge: "0.98" });
  });
  it("are shares from 0 to 1", () => {
    expect(["0", "1", " .5 ", "0,8", "1.", "0.80"].map(shareOf)).toEqual([0, 1, 0.5, 0.8, 1, 0.8]);
    expect(["", "80", "1.01", "-0.1", "80 %", "1e-3", ".", "NaN"].map(shareOf)).toEqual(Array(8).fill(null));
    expect([thresholdsOf({ node: "0.5", edge: "1" }), thresholdsOf({ node: "0.5", edge: "x" })]).toEqual([{ node_threshold: 0.5, edge_threshold: 1 }, null]);
  });
  it("are the graph's own where both are", () => {
    const own = { node_threshold: 0.8, edge_threshold: 0.98 };
    expect([isOwn(own, own), isOwn({ ...own, edge_threshold: 0.9 }, own), isOwn(own, { node_threshold: null, edge_threshold: null })]).toEqual([true, false, false]);
  });
});
