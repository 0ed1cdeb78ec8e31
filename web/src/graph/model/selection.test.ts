import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { joined, nodesAt, nodesOf, selectionOf } from "./selection";

const model = fixtureModel();
const members = (name: string): readonly number[] => (name === "Texas" ? [2, 3] : []);

describe("a selection", () => {
  it("of one node is that node, and of none nothing", () => {
    expect([selectionOf([2, 2]), selectionOf([]), selectionOf([3, 2])]).toEqual([{ kind: "node", node: 2 }, null, { kind: "nodes", nodes: [3, 2] }]);
  });
  it("of a link between parts of a circuit has the nodes of both", () => {
    expect([nodesAt(model, "=Texas", members), nodesAt(model, "logit/2/2/99", members), nodesAt(model, "=gone", members), nodesAt(model, "logit/9/9/9", members)]).toEqual([[2, 3], [6], [], []]);
    expect(nodesOf(model, { kind: "circuit-link", source: "=Texas", target: "logit/2/2/99" }, members)).toEqual([2, 3, 6]);
    expect(joined({ kind: "circuit-link", source: "=Texas", target: "logit/2/2/99" }, [4])).toEqual({ kind: "node", node: 4 });
  });
});
