import { describe, expect, it } from "vitest";
import type { PathsAnswer, RankedGroup } from "../../api/types";
import { fixtureModel, fixturePath } from "../../testing/fixture";
import { canOpen, rowsOf } from "./rows";

const model = fixtureModel();
const path = fixturePath([1, 2, 6]);
const group: RankedGroup = { score: 3, signed: -1, influence: 0.2, effect: path.effect, members: 2, members_rounded: false, sequence: [], best_members: [path] };

const answer = (of: Partial<PathsAnswer>) => ({ group_by: "none", paths: null, groups: null, ...of }) as PathsAnswer;

describe("rowsOf", () => {
  it("shows a group's signed sum and ranks its bar by the absolute one", () => {
    const [row] = rowsOf(answer({ group_by: "label", groups: [group] }), model);
    expect(row).toMatchObject({ value: -1, size: 3, members: 2 });
    expect(row && canOpen(row)).toBe(true);
  });
  it("shows a path's own score, and its bar by the absolute of it", () => {
    const [row] = rowsOf(answer({ paths: [{ ...path, score: -0.5 }] }), model);
    expect(row).toMatchObject({ value: -0.5, size: 0.5, members: null });
    expect(row?.steps).toHaveLength(3);
    expect(row && canOpen(row)).toBe(false);
  });
  it("has nothing to open under a group of one path", () => {
    const [row] = rowsOf(answer({ group_by: "label", groups: [{ ...group, members: 1 }] }), model);
    expect(row && canOpen(row)).toBe(false);
  });
});
