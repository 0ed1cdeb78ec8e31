import { describe, expect, it } from "vitest";
import { distinct, reading, type Name } from "./distinct";

const name = (text: string, ...extras: string[]): Name => ({ text, extras });
const read = (rows: Name[][]): string[] => {
  const shown = distinct(rows);
  return rows.map((row, at) => reading(row, shown[at] ?? []));
};

describe("distinct", () => {
  it("adds nothing where rows read differently", () => {
    expect(read([[name("Dallas"), name("Texas", "#1", "is")], [name("Dallas"), name("capital", "#1", "is")]])).toEqual([
      "Dallas → Texas",
      "Dallas → capital",
    ]);
  });
  it("adds the id where that differs, and the position where that does", () => {
    const rows = [
      [name("Dallas"), name("Texas", "#1861", "Dallas")],
      [name("Dallas"), name("Texas", "#32742", "Dallas")],
      [name("the"), name("L20 #4", "Dallas")],
      [name("the"), name("L20 #4", "is")],
    ];
    expect(read(rows)).toEqual(["Dallas → Texas #1861", "Dallas → Texas #32742", "the → L20 #4 Dallas", "the → L20 #4 is"]);
  });
  it("adds it to the name that differs only", () => {
    const rows = [
      [name("Texas", "#1"), name("Austin", "#2")],
      [name("Texas", "#1"), name("Austin", "#3")],
    ];
    expect(read(rows)).toEqual(["Texas → Austin #2", "Texas → Austin #3"]);
  });
  it("tells rows of different lengths apart that are spelled alike", () => {
    expect(new Set(read([[name("a → b", "x")], [name("a", "y"), name("b", "z")]])).size).toBe(2);
  });
  it("leaves alike only what is the same", () => {
    expect(read([[name("Texas", "#1")], [name("Texas", "#1")]])).toEqual(["Texas", "Texas"]);
  });
  it("never lets two rows of different nodes read alike, however they are labelled", () => {
    let seed = 7;
    const draw = (most: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * most);
    };
    // Labels that read like other names with what tells them apart.
    const labels = ["Texas", "Texas #0", "Texas #1", "Texas #0 is", "#1", ""];
    for (let round = 0; round < 300; round++) {
      const nodes = Array.from({ length: 6 }, (_, at) => name(labels[draw(labels.length)] ?? "", `#${at % 3}`, at < 3 ? "is" : "of"));
      const rows = Array.from({ length: 12 }, () => Array.from({ length: 1 + draw(3) }, () => nodes[draw(nodes.length)] ?? name("")));
      const texts = read(rows);
      rows.forEach((row, a) =>
        rows.forEach((other, b) => {
          const same = row.length === other.length && row.every((each, at) => each === other[at]);
          if (!same && texts[a] === texts[b]) {
            // Whatever is said, such rows are spelled alike in full: only labels made for it can do that.
            const full = (each: readonly Name[]) => reading(each, each.map(({ extras }) => extras.map(() => true)));
            expect(full(row)).toBe(full(other));
          }
        }),
      );
    }
  });
});
