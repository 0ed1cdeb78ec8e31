import { describe, expect, it } from "vitest";
import type { Explanation, FeatureGraph } from "../api/types";
import { authorOf } from "./author";
import { authorText, explanationsOf, factsSource, graphsBeside, labelBy } from "./feature";

const said = (text: string, author: string, type: string, score: number | null = null): Explanation => ({
  text,
  author,
  type,
  score,
  created_at: null,
});
const explanations = [
  said("Texas", "ada", "person"),
  said("US states", "gpt-4o-mini", "np_max-act", 0.714),
  said("a state", "dallas", "borrowed"),
  said("~ Austin", "unknown", "top-logits"),
];

describe("explanations", () => {
  it("are what people and models say, not names", () => {
    expect(explanationsOf({ explanations }).map(({ text }) => text)).toEqual(["Texas", "US states"]);
  });
  it("tell their author, and how well they scored", () => {
    expect(explanations.slice(0, 2).map(authorText)).toEqual(["ada", "gpt-4o-mini · score 0.71"]);
    expect(authorText(said("x", "person", "person", 1))).toBe("a person");
    expect(authorText(said("x", "unknown", "unknown"))).toBe("unknown author");
  });
});

describe("a reader's own label", () => {
  it("is the one under their name", () => {
    expect(labelBy({ explanations }, authorOf(" ada "))).toBe("Texas");
    expect(labelBy({ explanations }, authorOf("gpt-4o-mini"))).toBeNull();
    expect(labelBy({ explanations: [said("x", "person", "person")] }, authorOf(" "))).toBe("x");
    expect(labelBy(null, "ada")).toBeNull();
  });
});

describe("the other graphs of a feature", () => {
  it("are all but the open one", () => {
    const graphs = ["a", "b"].map((id): FeatureGraph => ({ id, name: id, prompt: "", nodes: [] }));
    expect(graphsBeside({ graphs }, "a").map(({ id }) => id)).toEqual(["b"]);
  });
});

describe("factsSource", () => {
  it("is Neuronpedia but for a set's own files", () => {
    expect([factsSource("batch"), factsSource("set files")]).toEqual(["Neuronpedia", "the transcoder set’s own files"]);
  });
});
