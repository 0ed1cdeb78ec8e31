import { describe, expect, it } from "vitest";
import type { InternalsAnswer, Numbers } from "../../../api/types";
import { MAPS } from "../inside";
import { axisName, figure, headAt, headValues, measureOf, MEASURES, placeOf, ranked, shortFigure, whyNone, type Measure } from "./measures";

const numbers = (...values: number[]): Numbers => ({ shape: [1, values.length], dtype: "float32", scale: 1, data: btoa(String.fromCharCode(...new Uint8Array(new Float32Array(values).buffer))) });
const answer = (change: Partial<InternalsAnswer>): InternalsAnswer =>
  ({ maps: {}, maps_without_first: {}, missing: {}, parameters: { parts: ["attention", "heads"], verify: true }, ...change }) as InternalsAnswer;
const named = (name: string): Measure => {
  const found = measureOf(name);
  if (!found) throw new Error(name);
  return found;
};

describe("figures of heads", () => {
  it("have names of their own", () => {
    expect(MEASURES.map(({ name }) => name).sort()).toEqual([...MAPS].sort());
    expect(measureOf("loudness")).toBeNull();
  });
  it("are said with their unit, and where they are not known that is said", () => {
    expect([figure(named("attribution"), -2.6101), figure(named("first_token"), 0.25), figure(named("entropy"), NaN)]).toEqual(["−2.61 logits", "25.0 %", "not known"]);
    expect([shortFigure(named("attribution"), -2.6101), shortFigure(named("first_token"), 0.25), shortFigure(named("entropy"), NaN)]).toEqual(["−2.61", "25.0 %", "–"]);
    expect([axisName(named("entropy")), axisName(named("induction"))]).toEqual(["entropy (nats)", "induction (share of 1)"]);
  });
  it("are of the whole pattern unless they are wanted without the first token, which changes figures of patterns only", () => {
    const internals = answer({ maps: { entropy: numbers(1, 2), attribution: numbers(3, 4) }, maps_without_first: { entropy: numbers(5, NaN) } });
    const read = (name: string, without: boolean) => {
      const found = headValues(internals, name, without);
      return found && [[...found.values], found.isWithoutFirst];
    };
    expect(read("entropy", false)).toEqual([[1, 2], false]);
    expect(read("entropy", true)).toEqual([[5, NaN], true]);
    expect(read("attribution", true)).toEqual([[3, 4], false]);
    expect([read("ablation", false), read("loudness", false)]).toEqual([null, null]);
  });
  it("that there are not have a reason", () => {
    expect(whyNone(answer({}), "carried")).toContain("“loadings”");
    expect(whyNone(answer({ missing: { heads: "The sums were off." } }), "attribution")).toBe("The sums were off.");
    expect(whyNone(answer({ parameters: { parts: ["heads"], verify: false } as InternalsAnswer["parameters"] }), "ablation")).toContain("not ablated");
    expect(whyNone(answer({}), "loudness")).toContain('"loudness"');
  });
});

describe("a ranking", () => {
  it("is by size, whatever the sign, with equals in their order and what is not known last", () => {
    expect(ranked(new Float32Array([1, NaN, -3, 2, -2]))).toEqual([2, 3, 4, 0, 1]);
  });
  it("has each head's place in its layer", () => {
    expect(headAt(13, 5)).toEqual({ layer: 2, head: 3 });
    expect(placeOf({ layer: 2, head: 3 }, 5)).toBe(13);
  });
});
