import { describe, expect, it } from "vitest";
import { fixtureModel, key } from "../../../testing/fixture";
import { alternatives, anyOf, known, nodesNamed, shortened } from "./selector";

const plain = fixtureModel();
const model = { ...plain, nodes: { ...plain.nodes, supernodes: [{ name: "state", nodes: [2, 6] }] } };

describe("alternatives", () => {
  it("are parted where a selector begins, and nowhere in a name", () => {
    expect(alternatives("label:Texas|layer:1|g/feature/0/1/11|embedding/-1/1/7")).toEqual(["label:Texas", "layer:1", "g/feature/0/1/11", "embedding/-1/1/7"]);
    expect(alternatives("label:a|b|label:|")).toEqual(["label:a|b", "label:|"]);
    expect(anyOf(["a", "b"])).toBe("a|b");
  });
});

describe("nodesNamed", () => {
  it("are those that the server takes", () => {
    const cases: [string, number[]][] = [
      [key(2), [2]],
      ["feature/0/1/11", [2]],
      ["feature:1/12", [3]],
      ["feature:1/12/attn", []],
      ["label:Texas", [2, 3]],
      ["label: Texas ", [2, 3]],
      ["layer:1", [3, 4]],
      ["position:2", [4]],
      ["token: Dallas", [1]],
      ["token:Dallas", [1]],
      ["supernode:state", [2, 6]],
      ["layer:0|label:Texas", [2, 3]],
      ["group:reads Dallas", []],
      ["words", []],
    ];
    for (const [text, nodes] of cases) expect([text, nodesNamed(model, "through", text)]).toEqual([text, nodes]);
    expect(nodesNamed(model, "source", "position:1")).toEqual([1]);
  });
});

describe("known", () => {
  it("has nodes by their whole ids, and shortened by the ends of these", () => {
    expect(known(model, "through", "feature/0/1/11|label:Texas")).toBe(`${key(2)}|label:Texas`);
    expect(shortened(model, `${key(2)}|label:Texas`)).toBe("feature/0/1/11|label:Texas");
  });
  it("is nothing where the graph lacks a part, or a filter cannot be at it", () => {
    for (const text of ["feature/9/9/9", "layer:7", "label:", "feature:1", "label:Texas|layer:7", "logit/2/2/99", "error/0/2/0"]) {
      expect([text, known(model, "through", text)]).toEqual([text, null]);
    }
    expect(known(model, "source", "error/0/2/0")).toBe(key(5));
  });
  it("takes labels as they are: others may count later", () => {
    expect(known(model, "avoid", "label:Ohio")).toBe("label:Ohio");
  });
});
