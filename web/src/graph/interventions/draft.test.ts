import { describe, expect, it } from "vitest";
import type { ChangedFeature, Intervention } from "../../api/types";
import { fixtureModel, key } from "../../testing/fixture";
import { draftFrom, draftOf, listName, missing, nodesOf, questionOf, together, wholeDraft, without, withChange, withSubject } from "./draft";

const TEXAS = { name: "Texas", nodes: [2, 3] };
const model = fixtureModel();

const change = (node: number, more: Partial<ChangedFeature> = {}): ChangedFeature => ({
  key: key(node),
  layer: 0,
  position: 1,
  index: 11,
  op: "suppress",
  factor: 0,
  donor: null,
  before: 1,
  value: 0,
  ...more,
});

describe("a draft", () => {
  it("switches its subjects off, each node once", () => {
    const draft = draftOf([TEXAS, { name: "both", nodes: [3, 4, 4] }, { name: "nothing new", nodes: [2] }]);
    expect(draft.changes.map(({ subject }) => subject)).toEqual([TEXAS, { name: "both", nodes: [4] }]);
    expect(nodesOf(draft)).toEqual([2, 3, 4]);
    expect(withSubject(draft, TEXAS)).toBe(draft);
    expect(questionOf(draft, model)).toEqual({
      changes: [
        { op: "suppress", nodes: [key(2), key(3)] },
        { op: "suppress", nodes: [key(4)] },
      ],
    });
    expect(nodesOf(without(draft, 0))).toEqual([4]);
  });
  it("asks with what its op takes, and not before that is known", () => {
    const draft = draftOf([TEXAS]);
    const asked = (change: Parameters<typeof withChange>[2]) => questionOf(withChange(draft, 0, change), model)?.changes[0];
    const nodes = [key(2), key(3)];
    expect(asked({ op: "scale", factor: -1 })).toEqual({ op: "scale", nodes, factor: -1 });
    expect(asked({ op: "set", value: 3 })).toEqual({ op: "set", nodes, value: 3 });
    expect(asked({ op: "transplant", donor: "b" })).toEqual({ op: "transplant", nodes, donor: "b", factor: 2 });
    expect([asked({ op: "set" }), asked({ op: "transplant" })]).toEqual([undefined, undefined]);
    expect(missing(without(draft, 0))).toBe("Name what is to be changed.");
    expect(missing(wholeDraft())).toBe("Choose the graph to take from.");
    expect(questionOf(withChange(wholeDraft(), 0, { donor: "b" }), model)?.changes).toEqual([
      { op: "transplant", nodes: [], donor: "b", factor: 2, part: "whole" },
    ]);
  });
  it("comes from a stored test, whose changes stand together as they were made", () => {
    const changes = [change(2), change(3, { op: "scale", factor: -1, value: -1 }), change(4)];
    expect(together(changes).map(({ op, features }) => [op, features.length])).toEqual([
      ["suppress", 2],
      ["scale", 1],
    ]);
    const draft = draftFrom(model, { changes } as Intervention);
    expect(questionOf(draft, model)?.changes).toEqual([
      { op: "suppress", nodes: [key(2), key(4)] },
      { op: "scale", nodes: [key(3)], factor: -1 },
    ]);
    const lent = [change(2, { op: "transplant", donor: "b" }), change(3, { key: null, op: "transplant", donor: "b", factor: 3, value: 6 })];
    expect(questionOf(draftFrom(model, { changes: lent } as Intervention), model)?.changes).toEqual([
      { op: "transplant", nodes: [], donor: "b", factor: 3, part: "whole" },
    ]);
  });
});

describe("listName", () => {
  it("names one node by its place, several by their labels", () => {
    expect(listName(model, [2])).toBe("Texas L0 Dallas");
    expect(listName(model, [2, 3])).toBe("Texas");
    expect(listName(model, [2, 4])).toBe("Texas and L1 #13");
    expect(listName(model, [2, 4, 0, 5])).toBe("Texas, L1 #13 and 2 more");
  });
});
