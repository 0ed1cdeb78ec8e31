import { describe, expect, it } from "vitest";
import { ApiError } from "../../../../api/client";
import type { InternalsAnswer } from "../../../../api/types";
import { besideOwn, promptText } from "./usePrompts";

/** The parts of an answer by which prompts are told apart. */
const answerOf = (graph: string, model = "demo", nHeads = 4): InternalsAnswer =>
  ({ id: `i-${graph}`, graph, model, n_layers: 4, n_heads: nHeads, tokens: ["<bos>", "The", " capital"] }) as InternalsAnswer;

const OWN = answerOf("a");

describe("prompts beside one another", () => {
  it("are this one, then those that were chosen, in their order, as they arrive", () => {
    const found = [{ id: "c", answer: answerOf("c") }, { id: "b", answer: answerOf("b") }];
    expect(besideOwn(OWN, ["b", "c"], found).shown.map(({ graph }) => graph)).toEqual(["a", "b", "c"]);
    expect(besideOwn(OWN, ["b", "d"], found).shown.map(({ graph }) => graph)).toEqual(["a", "b"]);
    expect(besideOwn(OWN, [], found).shown).toEqual([OWN]);
  });
  it("are of one model, computed, and not twice the same, or it is said why not", () => {
    const found = [
      { id: "a", answer: OWN },
      { id: "b", answer: answerOf("b", "other") },
      { id: "c", answer: new ApiError(404, "InternalsNotComputed", "not here") },
      { id: "d", answer: new ApiError(404, "GraphNotFound", "There is no graph 'd'.") },
    ];
    const { shown, refused } = besideOwn(OWN, ["a", "b", "c", "d"], found);
    expect(shown).toEqual([OWN]);
    expect(refused).toEqual([
      { id: "b", why: "“The capital” is of another model, other, whose heads are others." },
      { id: "c", why: null },
      { id: "d", why: "There is no graph 'd'." },
    ]);
  });
});

describe("a prompt", () => {
  it("is written without the token that nobody typed", () => expect(promptText(OWN)).toBe("The capital"));
});
