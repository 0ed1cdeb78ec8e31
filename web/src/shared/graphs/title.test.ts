import { describe, expect, it } from "vitest";
import { besidePrompts, fullTitle, type NamedGraph } from "./title";

const graph = (id: string, prompt: string, name = id): NamedGraph => ({ id, name, prompt });

describe("what is written beside a prompt", () => {
  it("is nothing where the prompt is the only one of its kind", () => {
    expect(besidePrompts([graph("a", "Dallas is"), graph("b", "Oakland is")])).toEqual(new Map());
  });
  it("is the name where another graph has the prompt, with or without a start token", () => {
    const graphs = [graph("a", "<bos>Dallas is", "whole"), graph("b", "Dallas is", "pruned"), graph("c", "Oakland is")];
    expect([...besidePrompts(graphs)]).toEqual([
      ["a", "whole"],
      ["b", "pruned"],
    ]);
  });
  it("is the beginning of the id where the names are the same, or there is none", () => {
    const graphs = [graph("1234567890", "x", "same"), graph("abcdefghij", "x", "same"), graph("0000000000", "x", "")];
    expect([...besidePrompts(graphs).values()]).toEqual(["12345678", "abcdefgh", "00000000"]);
  });
});

describe("the full title", () => {
  it("is the bare prompt and the name, once where they are the same", () => {
    expect(fullTitle(graph("a", "<bos>Dallas is", "dallas"))).toBe("Dallas is\ndallas");
    expect(fullTitle(graph("a", "Dallas is", "Dallas is"))).toBe("Dallas is");
    expect(fullTitle(graph("a", "Dallas is", ""))).toBe("Dallas is");
  });
});
