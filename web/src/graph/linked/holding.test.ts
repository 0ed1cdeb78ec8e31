import { expect, it } from "vitest";
import type { PathsAnswer, RankedGroup } from "../../api/types";
import { fixturePath, key } from "../../testing/fixture";
import { rowsHolding } from "./holding";

it("says on which single paths a node is", () => {
  const answer = { groups: null, paths: [fixturePath([1, 2, 6]), fixturePath([1, 2, 3, 6]), fixturePath([1, 4, 6])] } as unknown as PathsAnswer;
  expect(rowsHolding(answer, key(2))).toEqual([0, 1]);
  expect(rowsHolding(answer, key(4))).toEqual([2]);
  expect(rowsHolding(answer, key(0))).toEqual([]);
});

it("says in which groups a node is, once each", () => {
  const group = (...steps: number[][]) => ({ sequence: steps.map((nodes) => ({ nodes: nodes.map(key) })) }) as unknown as RankedGroup;
  const answer = { groups: [group([1], [2, 3], [6]), group([1, 0], [3], [3, 6])], paths: null } as unknown as PathsAnswer;
  expect(rowsHolding(answer, key(3))).toEqual([0, 1]);
  expect(rowsHolding(answer, key(0))).toEqual([1]);
});
