import { describe, expect, it } from "vitest";
import type { ScoreSource } from "../../../api/types";
import { fixtureModel, key } from "../../../testing/fixture";
import { rankOf, softmaxText, sourceNames } from "./sources";

const model = fixtureModel();

describe("sourceNames", () => {
  it("names nodes as the page does, biases, and what the graph lacks", () => {
    const sources: ScoreSource[] = [
      { kind: "node", node: key(2), position: 1 },
      { kind: "biases", node: null, position: null },
      { kind: "rest", node: null, position: 1 },
      { kind: "node", node: "g/feature/9/1/9", position: 1 },
    ];
    expect(sourceNames(model, sources)).toEqual([
      { text: expect.stringContaining("Texas") as string, node: 2 },
      { text: "biases", node: null },
      { text: "the rest at Dallas", node: null },
      { text: "a node that the graph lacks at Dallas", node: null },
    ]);
  });
});

describe("softmaxText", () => {
  it("says what q · k is scaled by, or that the model caps it", () => {
    expect(softmaxText({ product: 52, scaling: 0.25, softmax_input: 13 })).toBe("q · k is 52.0; × 0.250, softmax received 13.0");
    expect(softmaxText({ product: 52, scaling: null, softmax_input: 12 })).toContain("capped");
    expect(softmaxText({ product: 52, scaling: 1, softmax_input: null })).toContain("masked");
  });
});

describe("rankOf", () => {
  it("counts keys of more attention, of those that the query sees", () => {
    expect([0, 1, 2].map((key) => rankOf([0.2, 0.5, 0.3, 0.9], key, 2))).toEqual([3, 1, 2]);
    expect(rankOf([0.5, 0.5], 1, 1)).toBe(1);
  });
});
