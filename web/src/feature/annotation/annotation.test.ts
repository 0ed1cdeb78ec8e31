import { describe, expect, it } from "vitest";
import type { AnnotationReport } from "../../api/types";
import { goesOn, problemsOf, progressText } from "./annotation";

const report = (of: Partial<AnnotationReport>): AnnotationReport => ({
  n_features: 255,
  n_explained: 180,
  n_missing: 0,
  n_left: 0,
  unknown_sets: [],
  problems: [],
  ...of,
});

describe("goesOn", () => {
  it("asks again while less is left", () => {
    expect(goesOn(null, report({ n_left: 9 }))).toBe(true);
    expect(goesOn(report({ n_left: 9 }), report({ n_left: 8 }))).toBe(true);
    expect(goesOn(report({ n_left: 9 }), report({ n_left: 9 }))).toBe(false);
    expect(goesOn(null, report({}))).toBe(false);
  });
});

describe("progressText", () => {
  it("counts what is explained, missing and left", () => {
    expect(progressText(report({ n_missing: 5, n_left: 70 }), true)).toBe(
      "180 of 255 features have an explanation; 5 Neuronpedia does not have; 70 are left to ask for…",
    );
    expect(progressText(report({ n_features: 1, n_explained: 1 }), false)).toBe("1 of 1 feature has an explanation.");
  });
});

describe("problemsOf", () => {
  it("names sets of which no table knows the source", () => {
    expect(problemsOf(report({ unknown_sets: ["a/b", ""] }))).toEqual([
      "No table says what Neuronpedia calls a/b.",
      "No table says what Neuronpedia calls a transcoder set without a name.",
    ]);
  });
  it("says when to ask again, in the server's words where it has some", () => {
    expect(problemsOf(report({ n_left: 5, problems: ["Neuronpedia answers 500."], resumes_in: 90 }))).toEqual([
      "Neuronpedia answers 500.",
      "Neuronpedia takes no more requests from here for 1 min 30 s.",
    ]);
    expect(problemsOf(report({ n_left: 5 }))).toEqual([expect.stringContaining("may not ask Neuronpedia")]);
    expect(problemsOf(report({}))).toEqual([]);
  });
});
