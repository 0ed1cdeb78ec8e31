import { expect, it } from "vitest";
import type { CircuitLink } from "./links";
import { fromLink, isDirection, nextPart } from "./walk";

const box = (x: number, y: number) => ({ x, y, width: 40, height: 20 });
const boxes = new Map([
  ["token", box(50, 200)],
  ["left", box(20, 100)],
  ["right", box(120, 100)],
  ["far", box(90, 20)],
]);
const link = (source: string, target: string, strength: number): CircuitLink => ({
  source,
  target,
  share: 1,
  effect: { influence: strength, raising: 0, lowering: 0, contribution: null },
  strength,
});
const links = [link("token", "left", 0.2), link("token", "right", 0.6), link("left", "right", 0.9)];

it("arrows lead up and down along the strongest link, and to the sides to the nearest box", () => {
  expect(nextPart("ArrowUp", "token", boxes, links)).toBe("right");
  expect(nextPart("ArrowDown", "right", boxes, links)).toBe("left");
  expect(nextPart("ArrowDown", "token", boxes, links)).toBeNull();
  expect(nextPart("ArrowRight", "left", boxes, links)).toBe("right");
  expect(nextPart("ArrowLeft", "right", boxes, links)).toBe("left");
  expect(nextPart("ArrowLeft", "left", boxes, links)).toBeNull();
  expect(nextPart("ArrowRight", "gone", boxes, links)).toBeNull();
});

it("from a link, arrows lead to its ends and along the links by their strength", () => {
  const [weak, middle, strong] = links;
  if (!weak || !middle || !strong) throw new Error("There are three.");
  expect([fromLink("ArrowUp", strong, links), fromLink("ArrowDown", strong, links)]).toEqual([{ part: "right" }, { part: "left" }]);
  expect([fromLink("ArrowRight", strong, links), fromLink("ArrowLeft", weak, links)]).toEqual([{ link: middle }, { link: middle }]);
  expect([fromLink("ArrowLeft", strong, links), fromLink("ArrowRight", weak, links)]).toEqual([null, null]);
});

it("no other key is an arrow", () => {
  expect(["ArrowUp", "ArrowRight", "Enter", "ArrowUpwards"].map(isDirection)).toEqual([true, true, false, false]);
});
