import { describe, expect, it } from "vitest";
import type { PathsAnswer, RankedGroup, RankedPath } from "../../api/types";
import { fixtureModel, fixturePath, fixtureScores } from "../../testing/fixture";
import { scoreNamed } from "../question/scores";
import { canOpen, distinctSteps, litPathOf, litSource, rowsOf, rowWith, sameRow } from "./rows";
import { stepOfNode, stepText } from "./steps";

const model = fixtureModel();
const contribution = scoreNamed(fixtureScores(), "contribution");
const influence = scoreNamed(fixtureScores(), "influence");
const path = fixturePath([1, 2, 6]);
const group: RankedGroup = { score: 3, signed: -1, influence: 0.2, effect: path.effect, members: 2, members_rounded: false, sequence: [], best_members: [path] };

const answer = (of: Partial<PathsAnswer>) => ({ group_by: "none", paths: null, groups: null, ...of }) as PathsAnswer;

describe("rowsOf", () => {
  it("shows a group's signed sum and ranks its bar by the absolute one", () => {
    const [row] = rowsOf(answer({ group_by: "label", groups: [group] }), model, contribution);
    expect(row).toMatchObject({ value: -1, size: 3, members: 2 });
    expect(row && canOpen(row)).toBe(true);
  });
  it("shows a group's net of influence, by which it is ranked, and the whole of it in its bar", () => {
    const effect = { influence: 0.2, raising: 0.05, lowering: 0.15, contribution: null };
    const [row] = rowsOf(answer({ group_by: "label", groups: [{ ...group, score: 0.2, signed: 0.2, effect }] }), model, influence);
    expect(row?.value).toBeCloseTo(0.1);
    expect(row?.size).toBe(0.2);
  });
  it("shows a path's own score, and its bar by the absolute of it", () => {
    const [row] = rowsOf(answer({ paths: [{ ...path, score: -0.5 }] }), model, contribution);
    expect(row).toMatchObject({ value: -0.5, size: 0.5, members: null });
    expect(row?.steps).toHaveLength(3);
    expect(row && canOpen(row)).toBe(false);
  });
  it("has nothing to open under a group of one path", () => {
    const [row] = rowsOf(answer({ group_by: "label", groups: [{ ...group, members: 1 }] }), model, contribution);
    expect(row && canOpen(row)).toBe(false);
  });
});

describe("distinctSteps", () => {
  /** The rows of paths, whose second nodes are changed. */
  const read = (changes: Partial<RankedPath["nodes"][0]>[]): string[] => {
    const paths = changes.map((change) => path.nodes.map((node, at) => (at === 1 ? { ...node, ...change } : node)));
    return distinctSteps(paths.map((nodes) => nodes.map((node) => stepOfNode(model, node)))).map((steps) => steps.map(stepText).join(" → "));
  };
  it("says nothing more of rows that read differently", () => {
    // In a row the layer stands beside the label.
    expect(read([{}, { layer: 1 }])).toEqual(["Dallas → Texas → Austin", "Dallas → Texas → Austin"]);
  });
  it("says the id of features of one label and layer", () => {
    expect(read([{ index: 1861 }, { index: 32742 }])).toEqual(["Dallas → Texas L0 #1861 → Austin", "Dallas → Texas L0 #32742 → Austin"]);
  });
  it("says the position of one feature at two of them", () => {
    expect(read([{ label: null, position: 1 }, { label: null, position: 2 }])).toEqual([
      "Dallas → L0 #11 Dallas → Austin",
      "Dallas → L0 #11 is → Austin",
    ]);
  });
});

describe("the lit row", () => {
  const row = { side: "raises" as const, rank: 0, member: null };
  it("is of one list", () => {
    expect(sameRow(row, { ...row })).toBe(true);
    expect(sameRow(row, { ...row, side: "lowers" })).toBe(false);
  });
  it("stands for its path, or for its group's strongest", () => {
    expect(litPathOf({ path, other: null })).toBe(path);
    expect(litPathOf({ group, other: null })).toBe(path);
    expect([litPathOf(null), litPathOf({ group: { ...group, best_members: [] }, other: null })]).toEqual([null, null]);
  });
  it("is found in another answer by its path", () => {
    const other = fixturePath([1, 4, 6]);
    expect(rowWith(answer({ paths: [other, path] }), path, row)).toEqual({ ...row, rank: 1 });
    expect(rowWith(answer({ paths: [other] }), path, row)).toBeNull();
  });
  it("is found in another group, which may hold more nodes, or two of the path's in one step", () => {
    const step = (...nodes: number[]) => ({ nodes: nodes.map((node) => fixturePath([node]).nodes[0]?.id ?? "") }) as RankedGroup["sequence"][0];
    const of = (...sequence: RankedGroup["sequence"]): RankedGroup => ({ ...group, sequence });
    const grouped = (...groups: RankedGroup[]) => answer({ group_by: "label", groups });
    const merged = grouped(of(step(1), step(4), step(6)), of(step(1), step(2, 3), step(6)));
    expect(rowWith(merged, path, row)).toEqual({ ...row, rank: 1 });
    expect(rowWith(merged, fixturePath([1, 2, 3, 6]), row)).toEqual({ ...row, rank: 1 });
    expect(rowWith(merged, path, { ...row, member: 2 })).toEqual({ ...row, rank: 1, member: 0 });
    expect(rowWith(merged, fixturePath([1, 3, 6]), { ...row, member: 2 })).toEqual({ ...row, rank: 1, member: null });
    expect(rowWith(merged, fixturePath([1, 6]), row)).toBeNull();
    expect(rowWith(merged, fixturePath([1, 2]), row)).toBeNull();
  });
  it("is a group, one of its paths, or a path", () => {
    const grouped = answer({ group_by: "label", groups: [group] });
    expect(litSource(grouped, row)).toEqual({ group, other: null });
    expect(litSource(grouped, { ...row, member: 0 })).toEqual({ path, other: null });
    expect(litSource(answer({ paths: [path] }), row)).toEqual({ path, other: null });
    expect(litSource(null, row)).toBeNull();
  });
});
