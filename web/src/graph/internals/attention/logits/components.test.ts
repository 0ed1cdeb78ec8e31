import { describe, expect, it } from "vitest";
import { logitAt } from "./components";

const numbers = (shape: number[], values: number[]) => ({
  shape,
  dtype: "float32" as const,
  scale: 1,
  data: btoa(String.fromCharCode(...new Uint8Array(new Float32Array(values).buffer))),
});

const ANSWER = {
  names: ["embedding", "positions", "0.0", "10.7", "MLP 0"],
  values: numbers([5, 2], [1, 0.5, 0, 0, 2, -3, 0.25, 0.25, 0, 4]),
  logit: numbers([2], [3.25, 1.5]),
  towards: [" a", " b"],
  error: 1e-7,
};

describe("a logit by its components", () => {
  it("is their sum, the largest first, without those that give nothing", () => {
    const { components, sum, logit, towards, error } = logitAt(ANSWER, 1, "LH");
    expect(components).toEqual([
      { name: "MLP 0", head: null, value: 4 },
      { name: "L0H0", head: { layer: 0, head: 0 }, value: -3 },
      { name: "embedding", head: null, value: 0.5 },
      { name: "L10H7", head: { layer: 10, head: 7 }, value: 0.25 },
    ]);
    expect([sum, logit, towards]).toEqual([1.75, 1.5, " b"]);
    expect(error).toBeCloseTo(0.25);
  });
  it("names heads as they are named elsewhere", () => {
    expect(logitAt(ANSWER, 0, "dot").components.map(({ name }) => name)).toEqual(["0.0", "embedding", "10.7"]);
  });
});
