import { describe, expect, it } from "vitest";
import { align, folded } from "./align";

const words = (text: string) => text.split(" ").map((word, at) => (at === 0 ? word : ` ${word}`));
/** "a" above "b" in each column, "–" for a gap, "=" where they are the same. */
function drawn(a: string[], b: string[]): string {
  return align(a, b)
    .map((column) => (column.same ? "=" : "") + [column.a, column.b].map((at, side) => (at === null ? "–" : (side === 0 ? a : b)[at]?.trim())).join("/"))
    .join(" ");
}

describe("the alignment", () => {
  it("has a gap where one prompt has a word more, and pairs what stands in the same place", () => {
    expect(drawn(words("of state containing Dallas is"), words("of the state containing Oakland is"))).toBe("=of/of –/the =state/state =containing/containing Dallas/Oakland =is/is");
  });
  it("of the same tokens is the same, and of none is none", () => {
    expect(drawn(words("a b a"), words("a b a"))).toBe("=a/a =b/b =a/a");
    expect(align([], [])).toEqual([]);
    expect(drawn([], words("a b"))).toBe("–/a –/b");
    expect(drawn(words("a b"), [])).toBe("a/– b/–");
  });
  it("does not mind the space that a word begins with", () => {
    expect(drawn(["Dallas"], [" Dallas"])).toBe("=Dallas/Dallas");
  });
  it("has each position once, in order, whatever is aligned", () => {
    const [a, b] = [words("x a b c d a b"), words("a c d y z b a")];
    const columns = align(a, b);
    expect(columns.flatMap((column) => column.a ?? [])).toEqual(a.map((_, at) => at));
    expect(columns.flatMap((column) => column.b ?? [])).toEqual(b.map((_, at) => at));
    expect(columns.every((column) => column.a !== null || column.b !== null)).toBe(true);
  });
  it("is of least cost: the same as trying all alignments", () => {
    const cost = (a: string[], b: string[]): number => {
      if (a.length === 0 || b.length === 0) return a.length + b.length;
      const [restA, restB] = [a.slice(1), b.slice(1)];
      return Math.min(cost(restA, restB) + (a[0] === b[0] ? 0 : 1.5), cost(restA, b) + 1, cost(a, restB) + 1);
    };
    for (const [one, two] of [["a b c a b", "b c a a b"], ["a a b", "b b b a"], ["a b c d", "d c b a"], ["a", "b b a b"]] as const) {
      const [a, b] = [one.split(" "), two.split(" ")];
      const found = align(a, b).reduce((sum, column) => sum + (column.same ? 0 : column.a === null || column.b === null ? 1 : 1.5), 0);
      expect(found).toBe(cost(a, b));
    }
  });
});

describe("the folded columns", () => {
  it("are all of a short prompt", () => {
    expect(folded(align(words("a b"), words("a c"))).every(({ kind }) => kind === "column")).toBe(true);
  });
  it("leave out the middle of what is the same in long ones, and nothing else", () => {
    const [a, b] = [Array.from({ length: 40 }, (_, at) => `t${at}`), Array.from({ length: 40 }, (_, at) => (at === 20 ? "else" : `t${at}`))];
    const pieces = folded(align(a, b));
    expect(pieces.map((piece) => (piece.kind === "run" ? piece.columns.length : piece.column.a))).toEqual([0, 1, 2, 14, 17, 18, 19, 20, 21, 22, 23, 13, 37, 38, 39]);
  });
});
