import { describe, expect, it } from "vitest";
import type { CircuitAnswer } from "../../api/types";
import { align } from "../strips/align";
import { differenceOf } from "./difference";

type Group = CircuitAnswer["nodes"][number]["group"];

const group = (over: Partial<Group>): Group => ({ kind: "feature", name: null, label_sources: [], token: null, layer: null, position: null, index: null, site: null, nodes: [], ...over });
const token = (position: number, text: string): Group => group({ kind: "embedding", token: text, position, layer: -1, nodes: [`g/embedding/-1/${position}/5`] });
const named = (name: string, ...layers: number[]): Group => group({ name, nodes: layers.map((layer) => `g/feature/${layer}/1/7`) });
const feature = (layer: number, index: number, position: number): Group => group({ layer, index, position, nodes: [`g/feature/${layer}/${position}/${index}`] });
const target = (text: string): Group => group({ kind: "logit", token: text, nodes: ["g/logit/26/2/9"] });
const effect = (influence: number, lowering = 0) => ({ influence, raising: influence - lowering, lowering, contribution: null });

function circuit(groups: Group[], links: [source: number, target: number, influence: number][]): CircuitAnswer {
  return {
    nodes: groups.map((each, at) => ({ group: each, flow: 0.1 * (at + 1) })),
    links: links.map(([source, at, influence]) => ({ source, target: at, effect: effect(influence) })),
  } as CircuitAnswer;
}

const columns = align([" the", " Dallas"], [" the", " Oakland"]);
const a = circuit([token(0, " the"), token(1, " Dallas"), named("Texas", 10, 20), named("Say (capital)", 22), target(" Austin")], [[1, 2, 0.2], [0, 3, 0.1], [2, 4, 0.2], [3, 4, 0.1]]);
const b = circuit([token(0, " the"), token(1, " Oakland"), named("Say (capital) ", 20), target(" Sacramento")], [[0, 2, 0.3], [1, 2, 0.1], [2, 3, 0.4]]);

const drawn = ({ parts, links }: ReturnType<typeof differenceOf>) => [parts.map(({ name, where }) => `${where}: ${name}`), links.map(({ source, target: end, where }) => `${where}: ${source} → ${end}`)];

describe("the difference of two circuits", () => {
  it("says of every part and link who has it; the target is one part", () => {
    expect(drawn(differenceOf({ a, b }, { by: "label", columns, areApart: false }))).toEqual([
      ["both: the", "a: Dallas", "b: Oakland", "a: Texas", "both: Say (capital)", "both: Austin / Sacramento"],
      [
        "both: name Say (capital) → target",
        "both: token 0 → name Say (capital)",
        "a: token a 1 → name Texas",
        "a: name Texas → target",
        "b: token b 1 → name Say (capital)",
      ],
    ]);
  });
  it("has groups at their mean layers", () => {
    expect(differenceOf({ a, b }, { by: "label", columns, areApart: false }).parts.map(({ height }) => height)).toEqual([0, 1, 1, 15, 22, 26]);
  });
  it("takes a feature at several positions as one part, and sums its links", () => {
    const once = circuit([token(0, " the"), feature(3, 7, 0), target(" Austin")], [[0, 1, 0.2], [1, 2, 0.2]]);
    const twice = circuit([token(0, " the"), feature(3, 7, 0), feature(3, 7, 1), target(" Austin")], [[0, 1, 0.2], [0, 2, 0.3], [1, 3, 0.2], [2, 3, 0.3]]);
    const { parts, links } = differenceOf({ a: once, b: twice }, { by: "label", columns, areApart: false });
    expect(parts.map(({ name, where, b: of }) => [name, where, of?.ids.length])).toEqual([["the", "both", 1], ["L3 #7", "both", 2], ["Austin", "both", 1]]);
    expect(links.map(({ a: one, b: other }) => [one?.influence, other?.influence])).toEqual([[0.2, 0.5], [0.2, 0.5]]);
  });
  it("does not take two features with one number of different transcoders for the same", () => {
    const one = circuit([feature(3, 7, 0), named("Texas", 3), target(" Austin")], []);
    expect(differenceOf({ a: one, b: one }, { by: "label", columns, areApart: true }).parts.map(({ name, where }) => `${where}: ${name}`).sort()).toEqual([
      "a: L3 #7",
      "b: L3 #7",
      "both: Austin",
      "both: Texas",
    ]);
  });
  it("by feature tells groups of one label apart", () => {
    const one = circuit([{ ...feature(3, 7, 0), name: "Texas" }, target(" Austin")], []);
    const other = circuit([{ ...feature(3, 8, 0), name: "Texas" }, target(" Austin")], []);
    expect(differenceOf({ a: one, b: other }, { by: "feature", columns, areApart: false }).parts.map(({ where }) => where)).toEqual(["a", "b", "both"]);
  });
});
