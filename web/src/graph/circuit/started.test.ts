import { expect, it } from "vitest";
import type { GroupStep } from "../../api/types";
import { fixtureModel, key } from "../../testing/fixture";
import { startedBy } from "./started";

const group = (name: string | null, nodes: number[]): { group: GroupStep; flow: number } => ({ group: { name, nodes: nodes.map(key) } as GroupStep, flow: 0.5 });

it("a chosen circuit begins with its groups as supernodes, and its tokens, targets and single nodes pinned", () => {
  const nodes = [group(null, [1]), group("Texas", [3, 2]), group("Texas", [4]), group("a\nlong " + "x".repeat(300), [5, 0]), group("Texas", [5, 4]), group(null, [6])];
  const { pinned, supernodes } = startedBy(fixtureModel(), { nodes });
  expect(pinned).toEqual([1, 4, 6]);
  expect(supernodes.map(({ name, nodes }) => [name.slice(0, 12), nodes])).toEqual([
    ["Texas", [2, 3]],
    ["a long xxxxx", [0, 5]],
    ["Texas (2)", [4, 5]],
  ]);
  expect(supernodes.every(({ name }) => name.length <= 200)).toBe(true);
});
