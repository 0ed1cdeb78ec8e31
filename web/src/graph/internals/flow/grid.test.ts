import { describe, expect, it } from "vitest";
import { barBox, cellAt, cellBox, gridOf, inSight, labelStep, mostZoom, WHOLE } from "./grid";

const grid = gridOf(4, 10, 400, 200);

describe("the grid of bars", () => {
  it("has the output on top and the first token on the left", () => {
    expect([grid.column, grid.row]).toEqual([40, 50]);
    expect(cellBox(grid, WHOLE, { row: 3, position: 0 })).toEqual({ x: 0, y: 0, width: 40, height: 50 });
    expect(cellBox(grid, WHOLE, { row: 0, position: 9 })).toEqual({ x: 360, y: 150, width: 40, height: 50 });
    expect(barBox(grid, WHOLE, { row: 3, position: 0 })).toEqual({ x: 3, y: 3, width: 34, height: 44 });
  });
  it("knows the cell at a place, by its column and row, however it is zoomed", () => {
    expect(cellAt(grid, WHOLE, 41, 199)).toEqual({ row: 0, position: 1 });
    expect(cellAt(grid, { k: 2, x: -100, y: -200 }, 0, 0)).toEqual({ row: 1, position: 1 });
    expect([cellAt(grid, WHOLE, -1, 5), cellAt(grid, WHOLE, 5, 200)]).toEqual([null, null]);
  });
  it("keeps bars of a short prompt slim, with nothing beside them", () => {
    const short = gridOf(4, 2, 400, 200);
    expect(short.column).toBe(96);
    expect(cellAt(short, WHOLE, 300, 10)).toBeNull();
  });
  it("draws what is in sight only", () => {
    expect(inSight(grid, WHOLE)).toEqual({ rows: [0, 3], positions: [0, 9] });
    expect(inSight(grid, { k: 4, x: -400, y: -600 })).toEqual({ rows: [0, 0], positions: [2, 4] });
  });
  it("can be zoomed until bars are readable, and names as many columns as fit", () => {
    expect(mostZoom(grid)).toBe(3.2);
    expect(mostZoom(gridOf(64, 256, 512, 512))).toBe(60);
    expect([labelStep(40, 12), labelStep(5, 12)]).toEqual([1, 3]);
  });
});
