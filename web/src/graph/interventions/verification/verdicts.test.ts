import { describe, expect, it } from "vitest";
import type { Verification } from "../../../api/types";
import { key } from "../../../testing/fixture";
import { verdictsOf, verificationFor } from "./verdicts";

const group = (nodes: number[], verdict: Verification["groups"][number]["verdict"], name: string | null = null) => ({
  name,
  nodes: nodes.map(key),
  predicted: -2,
  as_graph: -1.5,
  in_model: -1,
  probability_after: 0.5,
  controls: null,
  verdict,
});

/** Dallas leads to the two Texas features, which are one group, and to the unlabelled one (4). */
const VERIFICATION = {
  group_by: "label",
  unlabelled: "own",
  target: { key: key(6), token: " Austin" },
  groups: [group([2, 3], "holds", "Texas"), group([4], "not specific")],
  links: [{ source: 0, target: 1, verdict: "does not hold" }],
  sequences: [
    { source: [key(1)], groups: [0], links: [], influence: 0.5, verdict: "holds" },
    { source: [key(1)], groups: [0, 1], links: [0], influence: 0.2, verdict: "does not hold" },
  ],
} as unknown as Verification;

const ids = (steps: number[][]) => steps.map((step) => step.map(key));

describe("verdictsOf", () => {
  const verdictOf = verdictsOf(VERIFICATION);
  it("finds a row by its source and its groups, whatever members of them it holds", () => {
    const found = verdictOf(ids([[1], [3], [6]]));
    expect(found?.verdict).toBe("holds");
    expect(found?.title).toContain("Texas: holds (predicted −2.00, as the graph assumes −1.50, in the model −1.00 logits)");
    expect(verdictOf(ids([[1], [2, 3], [6]]))?.verdict).toBe("holds");
  });
  it("tells the worst of its groups, and the links that fail", () => {
    const found = verdictOf(ids([[1], [2, 3], [4], [6]]));
    expect([found?.verdict, found?.linkFails]).toEqual(["not specific", false]);
    expect(found?.title).toContain("What Texas does does not go through the feature");
    const links = { ...VERIFICATION, groups: [group([2, 3], "holds", "Texas"), group([4], "holds", "capital")] };
    expect(verdictsOf(links)(ids([[1], [2, 3], [4], [6]]))).toMatchObject({ verdict: "holds", linkFails: true });
  });
  it("says nothing of what was not tested", () => {
    expect(verdictOf(ids([[0], [3], [6]]))).toBeNull(); // from another token
    expect(verdictOf(ids([[1], [2, 4], [6]]))).toBeNull(); // of other groups
    expect(verdictOf(ids([[1], [4], [6]]))).toBeNull(); // of no tested sequence
    expect(verdictOf(ids([[1], [5], [3], [6]]))?.verdict).toBe("holds"); // an error is in no group
    expect(verdictOf(ids([[1], [5], [6]]))).toBeNull();
  });
});

describe("verificationFor", () => {
  it("is of the same groups and target", () => {
    const asked = { groupBy: "label", target: key(6) } as const;
    expect(verificationFor([VERIFICATION], asked)).toBe(VERIFICATION);
    expect(verificationFor([VERIFICATION], { ...asked, groupBy: "auto" })).toBeNull();
    expect(verificationFor([VERIFICATION], { ...asked, target: key(5) })).toBeNull();
  });
});
