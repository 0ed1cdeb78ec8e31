import { expect, it } from "vitest";
import { rowsInSight } from "./rowsInSight";

const sight = (n: number, top: number, focused: number | null = null) => rowsInSight({ n, rowHeight: 10, top, height: 50, focused });

it("the rows on the page are those in sight and some beyond them, whatever there is", () => {
  expect(sight(1000, 0)).toEqual(Array.from({ length: 11 }, (_, at) => at));
  expect([sight(1000, 505)[0], sight(1000, 505).at(-1)]).toEqual([44, 61]);
  expect(sight(1000, 9950).at(-1)).toBe(999);
  expect([sight(3, 0), sight(0, 0), sight(3, 900)]).toEqual([[0, 1, 2], [], [0, 1, 2]]);
});

it("the row that holds the focus stays", () => {
  expect([sight(1000, 505, 2)[0], sight(1000, 505, 700).at(-1), sight(1000, 505, 50).filter((at) => at === 50)]).toEqual([2, 700, [50]]);
  expect(sight(1, 0, 7)).toEqual([0]);
});
