import { describe, expect, it } from "vitest";
import type { DrawnAnswer } from "../../../api/types";
import { fixtureModel } from "../../../testing/fixture";
import type { Selection } from "../../model/selection";
import { edited, NO_WORK, type Edit, type Work } from "../../work/work";
import { circuitParts } from "../parts";
import { circuitLinks, isOfSelection, joinedParts, linksAt, strongLinks, type CircuitLink } from "./links";

const model = fixtureModel();
const edits: Edit[] = [
  { type: "pinned", nodes: [1, 4, 5, 6] },
  { type: "grouped", name: "Texas", nodes: [2, 3] },
];
const parts = circuitParts(model, edits.reduce<Work>(edited, NO_WORK));
const byKey = new Map(parts.map((part) => [part.key, part]));
const [TEXAS, DALLAS, OTHER, AUSTIN] = ["=Texas", "embedding/-1/1/7", "feature/1/2/13", "logit/2/2/99"];

const link = (source: string, target: string, strength: number): CircuitLink => ({
  source,
  target,
  share: 0.5,
  effect: { influence: strength, raising: strength, lowering: 0, contribution: null },
  strength,
});

describe("links of an answer", () => {
  const effect = { influence: 0.1, raising: 0.1, lowering: 0, contribution: null };
  const answer: Pick<DrawnAnswer, "links"> = {
    links: [
      { source: 1, target: 0, share: 0.5, effect },
      { source: 0, target: 2, share: -0.75, effect: { ...effect, influence: 0 } },
      { source: 3, target: 0, share: 0.25, effect },
    ],
  };
  it("are as strong as their influence or, into a logit, as their part in its input; what is gone has none", () => {
    const found = circuitLinks(answer, [TEXAS, DALLAS, AUSTIN, "gone"], byKey);
    expect(found.map(({ source, target, strength }) => [source, target, strength])).toEqual([
      [DALLAS, TEXAS, 0.1],
      [TEXAS, AUSTIN, 0.75],
    ]);
  });
});

describe("strongLinks", () => {
  it("leaves out what is weak, but not the strongest link of a part", () => {
    const links = [link("d", "e", 0.001), link("a", "b", 1), link("a", "c", 0.9), link("b", "c", 0.04), link("a", "e", 0.002), link("x", "y", 0)];
    expect(strongLinks(links).map(({ source, target }) => source + target)).toEqual(["ab", "ac", "bc", "ae", "de"]);
    const weak = [link("a", "b", 1), link("a", "c", 0.9), link("b", "c", 0.8), link("b", "a", 0.7), link("c", "b", 0.6), link("c", "a", 0.01)];
    expect(strongLinks(weak)).toHaveLength(5);
  });
});

it("the selected link is one of the circuit's by its ends, and the graph's own where both are nodes", () => {
  const is = (source: string, target: string, selection: Selection | null) => isOfSelection(model, { source, target }, selection);
  const picked: Selection = { kind: "circuit-link", source: TEXAS, target: AUSTIN };
  expect([is(TEXAS, AUSTIN, picked), is(DALLAS, TEXAS, picked), is(TEXAS, AUSTIN, null)]).toEqual([true, false, false]);
  expect([is(OTHER, AUSTIN, { kind: "link", edge: 7 }), is(TEXAS, AUSTIN, { kind: "link", edge: 6 })]).toEqual([true, false]);
});

it("linksAt has the links of one end, the strongest first", () => {
  const links = [link("a", "b", 0.1), link("c", "b", 0.3), link("b", "c", 1)];
  expect(linksAt(links, "target", "b").map(({ source }) => source)).toEqual(["c", "a"]);
});

it("joinedParts sums what the nodes of one part give to those of another, a mean over the latter", () => {
  const found = joinedParts(model, parts).map(({ source, target, share }) => [source, target, share]);
  // The token is all of the first Texas's input, which gives the second three quarters of its own within the supernode.
  expect(found).toEqual([
    [DALLAS, TEXAS, 0.5],
    [DALLAS, OTHER, 0.5],
    ["error/0/2/0", OTHER, 0.5],
    [TEXAS, AUSTIN, 0.75],
    [OTHER, AUSTIN, 0.25],
  ]);
});
