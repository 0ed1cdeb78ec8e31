import { describe, expect, it } from "vitest";
import { fixtureModel, key } from "../../testing/fixture";
import { edited, NO_WORK, type Edit, type Work } from "../work/work";
import { circuitBody, circuitParts, standing } from "./parts";

const model = fixtureModel();
const work: Work = (
  [
    { type: "pinned", nodes: [1, 4, 5, 6] },
    { type: "grouped", name: "Texas", nodes: [2, 3] },
  ] satisfies Edit[]
).reduce<Work>(edited, NO_WORK);
const expanded = edited(work, { type: "expanded", name: "Texas" });

describe("the parts of a circuit", () => {
  it("are its supernodes and the nodes that are pinned alone, with what they are", () => {
    expect(circuitParts(model, work).map(({ key, name, note, row, layer, position }) => [key, name, note, row, layer, position])).toEqual([
      ["=Texas", "Texas", "2 nodes · L0–1", "between", 0.5, 1],
      ["embedding/-1/1/7", "Dallas", null, "tokens", -1, 1],
      ["feature/1/2/13", "L1 #13", "at is", "between", 1, 2],
      ["error/0/2/0", "L0 error", "at is", "between", 0, 2],
      ["logit/2/2/99", "Austin", null, "logits", 2, 2],
    ]);
  });
  it("are the members of a supernode where it is expanded", () => {
    const parts = circuitParts(model, expanded);
    expect(parts[0]?.members?.map(({ key, name, note }) => [key, name, note])).toEqual([
      ["feature/0/1/11", "Texas", "L0 · Dallas"],
      ["feature/1/1/12", "Texas", "L1 · Dallas"],
    ]);
    expect(standing(parts)).toHaveLength(6);
  });
});

it("the server is asked about supernodes as they are, and about expanded ones node by node", () => {
  const { keys, ...body } = circuitBody(model, circuitParts(model, work));
  expect(body).toEqual({ supernodes: [{ name: "Texas", nodes: [key(2), key(3)] }], pinned: [1, 4, 5, 6].map(key) });
  expect(keys).toEqual(["=Texas", "embedding/-1/1/7", "feature/1/2/13", "error/0/2/0", "logit/2/2/99"]);
  expect(circuitBody(model, circuitParts(model, expanded))).toMatchObject({ supernodes: [], pinned: [2, 3, 1, 4, 5, 6].map(key) });
});
