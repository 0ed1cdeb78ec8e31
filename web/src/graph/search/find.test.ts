import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { found, indexOf, type Index } from "./find";

const model = fixtureModel();
const index = indexOf(model, [0.1, 0.9, 0.5, 0.6, 0.2, 0.3, 1]);
const find = (text: string): number[] => found(index, text);

describe("found", () => {
  it("finds labels and tokens, the most influential first", () => {
    expect(find("texas")).toEqual([3, 2]);
    expect(find("AUSTIN")).toEqual([6]);
    expect(find("exa")).toEqual([3, 2]);
  });
  it("finds what stands at a token after what is called so", () => {
    expect(find("dallas")).toEqual([1, 3, 2]);
    expect(find("is")).toEqual([5, 4]); // not the logit, which follows it
  });
  it("finds ids as they are written, and as they begin", () => {
    expect(find("L1 #12")).toEqual([3]);
    expect(find("1/12")).toEqual([3]);
    expect(find("L1/1")).toEqual([3, 4]);
    expect(find("#1")).toEqual([3, 2, 4]);
    expect(find("13")).toEqual([4]);
    expect(find("#13")).toEqual([4]);
  });
  it("finds layers, without tokens and logits", () => {
    expect(find("L0")).toEqual([2, 5]);
    expect(find("l1")).toEqual([3, 4]);
    expect(find("L2")).toEqual([]);
  });
  it("finds kinds", () => {
    expect(find("errors")).toEqual([5]);
    expect(find("token")).toEqual([1, 0]);
    expect(find("logit")).toEqual([6]);
  });
  it("wants all words of one node", () => {
    expect(find("texas L0")).toEqual([2]);
    expect(find("texas dallas L1")).toEqual([3]);
    expect(find("texas austin")).toEqual([]);
    expect(find("feature is")).toEqual([4]);
  });
  it("finds nothing for no words", () => {
    expect(find("  ")).toEqual([]);
  });
  it("finds a label that reads like an id or a kind", () => {
    const label = [...model.nodes.label];
    label[4] = "Say L0 token 7";
    const renamed = indexOf({ ...model, nodes: { ...model.nodes, label } }, [0, 0, 0, 0, 0, 0, 0]);
    expect(found(renamed, "say l0 token")).toEqual([4]);
  });
  it("finds among 5,000 nodes as among seven", () => {
    const many: Index = {
      names: Array.from({ length: 5000 }, (_, node) => `name ${node}`),
      places: Array.from({ length: 5000 }, () => "the"),
      layers: Array.from({ length: 5000 }, (_, node) => node % 26),
      kinds: Array.from({ length: 5000 }, () => "feature" as const),
      ids: Array.from({ length: 5000 }, (_, node) => String(node)),
      weight: Array.from({ length: 5000 }, (_, node) => node),
    };
    expect(found(many, "L20 #4999")).toEqual([]);
    expect(found(many, "#4999")).toEqual([4999]);
    expect(found(many, "the")).toHaveLength(5000);
    expect(found(many, "the")[0]).toBe(4999);
  });
});
