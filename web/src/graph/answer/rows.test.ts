import { describe, expect, it } from "vitest";
import type { PathsAnswer, RankedGroup, RankedPath } from "../../api/types";
import { fixtureModel, fixturePath, fixtureScores } from "../../testing/fixture";
import { scoreNamed } from "../question/scores";
import { canOpen, distinctSteps, litSource, rowsOf, sameRow } from "./rows";
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
  it("is a group, one of its paths, or a path", () => {
    const grouped = answer({ group_by: "label", groups: [group] });
    expect(litSource(grouped, row)).toEqual({ group, other: null });
    expect(litSource(grouped, { ...row, member: 0 })).toEqual({ path, other: null });
    expect(litSource(answer({ paths: [path] }), row)).toEqual({ path, other: null });
    expect(litSource(null, row)).toBeNull();
  });
});
