import { describe, expect, it } from "vitest";
import { fixtureModel, fixtureNodes } from "../../testing/fixture";
import { graphModel, type GraphModel } from "../model/model";
import { entriesOf, entryText } from "./entries";
import { listedName, placeName, subscript } from "./places";

const model = fixtureModel();

/** The fixture with " is" in place of " Dallas", and the labels and layers given. */
function twice(change: Partial<ReturnType<typeof fixtureNodes>> = {}): GraphModel {
  const record = { ...model.record, tokens: ["<bos>", " is", " is"] };
  return graphModel(record, { ...fixtureNodes(), ...change }, model.edges);
}

describe("places", () => {
  it("say the position of a token that the prompt has twice, and only of that", () => {
    expect([0, 1, 2].map((position) => placeName(twice(), position))).toEqual(["‹bos›", "is₁", "is₂"]);
    expect(placeName(model, 1)).toBe("Dallas");
    expect(subscript(120)).toBe("₁₂₀");
  });
  it("are in the names of embeddings, never in that of a logit", () => {
    expect(listedName(twice(), 1)).toEqual({ text: "is₁", isToken: true });
    expect(listedName(twice(), 6)).toEqual({ text: "Austin", isToken: true });
  });
});

describe("entries", () => {
  it("say name, layer and place", () => {
    expect(entriesOf(model, [1, 2, 4, 5, 6]).map(entryText)).toEqual([
      "Dallas",
      "Texas L0 Dallas",
      "L1 #13 is",
      "L0 error is",
      "Austin",
    ]);
    expect(entriesOf(model, [2], true).map(entryText)).toEqual(["L0 #11 Dallas"]);
  });
  it("say the id of features that would read alike", () => {
    const same = twice({ layer: [-1, -1, 1, 1, 1, 0, 2] });
    expect(entriesOf(same, [2, 3, 4]).map(entryText)).toEqual(["Texas L1 #11 is₁", "Texas L1 #12 is₁", "L1 #13 is₂"]);
    expect(entriesOf(same, [2, 4]).map(entryText)).toEqual(["Texas L1 is₁", "L1 #13 is₂"]);
  });
  it("tell apart logits of one spelling", () => {
    const logits = twice({
      kind: ["embedding", "embedding", "feature", "feature", "feature", "logit", "logit"],
      token: Array.from({ length: 7 }, () => " Austin"),
      index: [2, 7, 11, 12, 13, 98, 99],
    });
    expect(entriesOf(logits, [5, 6]).map(entryText)).toEqual(["Austin #98", "Austin #99"]);
  });
});
