import { expect, it } from "vitest";
import { spaced } from "./spaced";

it("boxes stand where they want to be where there is room", () => {
  expect(spaced([20, 80], [20, 20], 10, 100)).toEqual([20, 80]);
  expect(spaced([], [], 10, 100)).toEqual([]);
});

it("boxes that want the same place push each other away from it alike", () => {
  expect(spaced([50, 50], [20, 20], 10, 100)).toEqual([35, 65]);
  expect(spaced([50, 50, 50], [20, 20, 20], 10, 200)).toEqual([20, 50, 80]);
});

it("boxes stay in their order and in the room, however narrow", () => {
  expect(spaced([-40, 500], [20, 20], 10, 100)).toEqual([10, 90]);
  expect(spaced([90, 10], [20, 20], 10, 100)).toEqual([35, 65]);
  expect(spaced([50, 50], [60, 60], 10, 100)).toEqual([30, 100]);
});
