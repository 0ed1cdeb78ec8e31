import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { occupied, pieces, positionsOf, type Piece } from "./fold";

const spansOf = (count: number) => Array.from({ length: count }, (_, at) => ({ first: at, last: at, text: `t${at}` }));
const read = (shown: readonly Piece[]): string[] =>
  shown.map((piece) => (piece.kind === "token" ? piece.span.text : `${piece.isOpen ? "open" : "fold"} ${piece.spans.length}`));
const among =
  (...positions: number[]) =>
  (position: number): boolean =>
    positions.includes(position);

describe("pieces", () => {
  it("folds runs of tokens with nothing to show", () => {
    const shown = pieces(spansOf(14), among(5, 13), new Set());
    expect(read(shown)).toEqual(["fold 5", "t5", "fold 7", "t13"]);
  });
  it("shows a run that was opened, by whichever of its tokens", () => {
    const shown = pieces(spansOf(14), among(5, 13), new Set([2]));
    expect(read(shown)).toEqual(["open 5", "t0", "t1", "t2", "t3", "t4", "t5", "fold 7", "t13"]);
  });
  it("leaves short runs and short prompts", () => {
    expect(read(pieces(spansOf(14), among(3, 4, 9, 13), new Set()))).toEqual(["t0", "t1", "t2", "t3", "t4", "fold 4", "t9", "t10", "t11", "t12", "t13"]);
    expect(read(pieces(spansOf(12), among(), new Set()))).toHaveLength(12);
  });
  it("asks of all tokens that spell a character together", () => {
    const spans = [...spansOf(12), { first: 12, last: 14, text: "東" }];
    expect(positionsOf(spans[12] ?? { first: 0, last: 0, text: "" })).toEqual([12, 13, 14]);
    expect(read(pieces(spans, among(13), new Set()))).toEqual(["fold 12", "東"]);
  });
});

describe("occupied", () => {
  it("says where features and errors are drawn", () => {
    const model = fixtureModel();
    expect([...occupied(model, [1, 1, 1, 1, 1, 1, 1])]).toEqual([0, 1, 1]);
    expect([...occupied(model, [1, 1, 0, 0, 1, 0, 1])]).toEqual([0, 0, 1]);
    expect([...occupied(model, [1, 1, 0, 0, 0, 0, 1])]).toEqual([0, 0, 0]);
  });
});
