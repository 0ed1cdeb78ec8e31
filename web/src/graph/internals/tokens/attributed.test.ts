import { describe, expect, it } from "vitest";
import type { SankeyAnswer } from "../../../api/types";
import { barsOf, movedFrom } from "./attributed";

const node = (kind: SankeyAnswer["nodes"][number]["kind"], position: number | null = null, layer: number | null = null, head: number | null = null) => ({ kind, value: 1, position, layer, head });
const sankey: SankeyAnswer = {
  nodes: [node("position", 1), node("position", 2), node("other positions"), node("head", null, 0, 3), node("head", null, 2, 1), node("other heads"), node("for")],
  links: [
    { source: 0, target: 3, value: 0.5, supports: false },
    { source: 0, target: 4, value: 2, supports: true },
    { source: 0, target: 5, value: 1, supports: true },
    { source: 1, target: 3, value: 3, supports: true },
    { source: 2, target: 4, value: 9, supports: true },
    { source: 4, target: 6, value: 11, supports: true },
  ],
};
const word = (first: number, last: number) => ({ first, last, text: "" });

describe("token attribution", () => {
  it("of a word is that of its pieces together", () => {
    expect(barsOf([1, -0.5, 2], [word(0, 0), word(1, 2)]).map(({ value }) => value)).toEqual([1, 1.5]);
  });
  it("has the heads that moved a token, the strongest first, and all others as one", () => {
    expect(movedFrom(sankey, word(1, 1), 2)).toEqual([
      { head: { layer: 2, head: 1 }, value: 2 },
      { head: { layer: 0, head: 3 }, value: -0.5 },
      { head: null, value: 1 },
    ]);
    expect(movedFrom(sankey, word(1, 1), 1)?.[1]).toEqual({ head: null, value: 0.5 });
    expect(movedFrom(sankey, word(2, 2), 2)).toEqual([{ head: { layer: 0, head: 3 }, value: 3 }]);
  });
  it("adds what heads moved from a word's pieces", () => {
    expect(movedFrom(sankey, word(1, 2), 6)?.[0]).toEqual({ head: { layer: 0, head: 3 }, value: 2.5 });
  });
  it("does not know the heads of a token that is among the others", () => {
    expect(movedFrom(sankey, word(0, 0), 6)).toBeNull();
  });
});
