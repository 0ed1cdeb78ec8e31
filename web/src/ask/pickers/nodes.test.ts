import { describe, expect, it } from "vitest";
import type { NodesAnswer } from "../../api/types";
import { fixtureNodes, key } from "../../testing/fixture";
import { nodeChoice, nodeChoices, tokenChoices } from "./nodes";

const nodes: NodesAnswer = fixtureNodes();

describe("the nodes of a graph", () => {
  it("are found by label, id, layer, token and kind", () => {
    const found = (kinds: Parameters<typeof nodeChoices>[1], sought: string) => nodeChoices(nodes, kinds, sought, 10).choices.map(({ value }) => value);
    expect(found(["logit"], "")).toEqual([key(6)]);
    expect(found(["feature"], "texas l1")).toEqual([key(3)]);
    expect(found(null, "error")).toEqual([key(5)]);
    expect(found(["embedding"], "dallas")).toEqual([key(1)]);
    expect(found(null, "nothing of it")).toEqual([]);
    expect(nodeChoices(nodes, null, "", 2)).toMatchObject({ all: 7, choices: [{ value: key(6) }, {}] });
  });
  it("are named by what they are", () => {
    expect(nodeChoice(nodes, key(2))).toEqual({ value: key(2), text: "Texas", detail: "L0 #11 at ␣Dallas (1)" });
    expect(nodeChoice(nodes, key(4))).toMatchObject({ text: "L1 #13", detail: "at ␣is (2)" });
    expect(nodeChoice(nodes, "elsewhere")).toBeNull();
  });
  it("have tokens, each once", () => {
    expect(tokenChoices(nodes, ["embedding"], "").map(({ value }) => value)).toEqual(["<bos>", " Dallas"]);
    expect(tokenChoices(nodes, ["embedding"], "dal").map(({ text }) => text)).toEqual(["␣Dallas"]);
    expect(tokenChoices(nodes, ["embedding"], " Dallas").map(({ value }) => value)).toEqual([" Dallas"]);
  });
});
