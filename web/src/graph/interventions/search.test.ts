import { expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { found } from "./search";

it("finds features by label, place and token, and a shared label as one", () => {
  const model = fixtureModel();
  expect(found(model, "tex")).toEqual([
    { name: "Texas", nodes: [2, 3] },
    { name: "Texas L0 Dallas", nodes: [2] },
    { name: "Texas L1 Dallas", nodes: [3] },
  ]);
  expect(found(model, "#13")).toEqual([{ name: "L1 #13 is", nodes: [4] }]);
  expect(found(model, "texas L1").map(({ nodes }) => nodes)).toEqual([[3]]);
  expect([found(model, " "), found(model, "austin")]).toEqual([[], []]);
});
