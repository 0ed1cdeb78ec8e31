import { describe, expect, it } from "vitest";
import type { FiringGraph } from "../api/types";
import { firedPieces, ownLabels, siteIn, sortIn, strongestFirst, withSort } from "./fired";

type Node = FiringGraph["nodes"][number];
const node = (position: number, more: Partial<Node> = {}): Node => ({
  key: `g/feature/0/${position}/5`,
  position,
  token: "",
  label: null,
  activation: null,
  node_influence: null,
  cumulative_influence: null,
  ...more,
});

/** The pieces as one line: [a token at which it fires], … for what is left out. */
const line = (tokens: string[], ...positions: number[]): string =>
  firedPieces({ tokens, nodes: positions.map((at) => node(at)) })
    .pieces.map((piece) => (piece.kind === "gap" ? "…" : piece.kind === "fires" ? `[${piece.text}]` : piece.text))
    .join("");

describe("the prompt around what fires", () => {
  const words = Array.from({ length: 100 }, (_, at) => ` ${at}`);
  it("is the whole of a short one, without a start token that nobody typed", () => {
    expect(line(["<bos>", "The", " capital", " is"], 2)).toBe("The [capital] is");
    expect(line(["The", " capital"], 0, 1)).toBe("[The] [capital]");
  });
  it("shows the start token where the feature fires there", () => {
    expect(line(["<bos>", "The"], 0)).toBe("[‹bos›]The");
  });
  it("is cut before and behind", () => {
    expect(line(words, 50)).toBe(`…${words.slice(36, 50).join("")} [50]${words.slice(51, 57).join("")}…`);
    expect(line(words, 0)).toBe(` [0]${words.slice(1, 7).join("")}…`);
    expect(line(words, 99)).toBe(`…${words.slice(85, 99).join("")} [99]`);
  });
  it("joins parts that touch, and leaves out what is between others", () => {
    expect(line(words, 0, 22)).not.toContain("… [");
    expect(line(words, 0, 22).match(/…/g)).toHaveLength(1);
    expect(line(words, 0, 23).match(/…/g)).toHaveLength(2);
  });
  it("has three parts at most, and says so", () => {
    const nodes = [0, 30, 60, 90].map((at) => node(at));
    const { pieces, isCut } = firedPieces({ tokens: words, nodes });
    expect(isCut).toBe(true);
    expect(pieces.filter(({ kind }) => kind === "fires")).toHaveLength(3);
    expect(firedPieces({ tokens: words, nodes: nodes.slice(1) }).isCut).toBe(false);
  });
  it("marks a token that is all space", () => {
    expect(line(["a", "  ", "b"], 1)).toBe("a[  ]b");
  });
  it("writes line ends and spaces as they are read", () => {
    expect(line(["a\n", "▁b"], 1)).toBe("a↵ [b]");
  });
});

describe("a graph's nodes", () => {
  it("come by what is asked for, those without it last", () => {
    const nodes = [node(0, { activation: 1 }), node(1, { activation: 3, node_influence: 0.1 }), node(2, { node_influence: 0.2 })];
    expect(strongestFirst(nodes, "activation").map(({ position }) => position)).toEqual([1, 0, 2]);
    expect(strongestFirst(nodes, "influence").map(({ position }) => position)).toEqual([2, 1, 0]);
    expect(strongestFirst(nodes, "newest").map(({ position }) => position)).toEqual([2, 1, 0]);
  });
  it("have names, each once", () => {
    expect(ownLabels([node(0, { label: "Texas" }), node(1), node(2, { label: "Texas" }), node(3, { label: "a state" })])).toEqual(["Texas", "a state"]);
  });
});

describe("the address", () => {
  it("says the order, and keeps the rest", () => {
    expect([sortIn(""), sortIn("?sort=newest"), sortIn("?sort=prompt")]).toEqual(["influence", "newest", "influence"]);
    expect(withSort("?site=attn", "activation")).toBe("?site=attn&sort=activation");
    expect(withSort("?sort=newest&site=attn", "influence")).toBe("?sort=influence&site=attn");
  });
  it("says the site", () => {
    expect([siteIn("?site=attn"), siteIn("?site="), siteIn("")]).toEqual(["attn", null, null]);
  });
});
