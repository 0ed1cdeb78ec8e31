import { describe, expect, it } from "vitest";
import { placeOf, rowCount } from "./places";

describe("the rows of the library", () => {
  it("are the prompts where none is open", () => {
    expect([0, 1, 99_999].map((row) => placeOf(row, []))).toEqual([0, 1, 99_999].map((prompt) => ({ prompt, below: null })));
  });
  it("have the graphs of open prompts below them", () => {
    const open = [
      { at: 1, n: 2 },
      { at: 2, n: 1 },
    ];
    expect(rowCount(4, open)).toBe(7);
    expect(Array.from({ length: 7 }, (_, row) => placeOf(row, open)).map(({ prompt, below }) => (below === null ? `${prompt}` : `${prompt}.${below}`))).toEqual([
      "0",
      "1",
      "1.0",
      "1.1",
      "2",
      "2.0",
      "3",
    ]);
  });
});
