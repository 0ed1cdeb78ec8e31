import { expect, it } from "vitest";
import type { CypherRows } from "../../api/types";
import { featureChoices, numbersIn } from "./features";

it("a feature's layer and index are read however they are written", () => {
  const numbers = { layer: 20, number: 44686 };
  expect(["L20 #44686", "l20#44686", "20/44686", " 20 44686 ", "20 #44686"].map(numbersIn)).toEqual(Array(5).fill(numbers));
  expect(["Texas", "20", "L20", "20/x", "1/2/3", ""].map(numbersIn)).toEqual(Array(6).fill(null));
});

it("features are listed once, by their labels before their explanations", () => {
  const labelled = { columns: ["node", "feature", "label"], rows: [["a", "m%2Fx/s/20/1", "Texas"], ["b", "m%2Fx/s/20/1", "other"]] } as unknown as CypherRows;
  const explained = { columns: ["feature", "explanations", "n_graphs"], rows: [["m%2Fx/s/20/1", ["states"], 3], ["m/s/2/3", ["cities"], 2], ["m/s/2/4", [], 1]] } as unknown as CypherRows;
  expect(featureChoices([labelled, explained])).toEqual([
    { value: "m%2Fx/s/20/1", text: "Texas", detail: "L20 #1 · m/x, s" },
    { value: "m/s/2/3", text: "cities", detail: "L2 #3 · in 2 graphs · m, s" },
    { value: "m/s/2/4", text: "L2 #4", detail: "in 1 graph · m, s" },
  ]);
});
