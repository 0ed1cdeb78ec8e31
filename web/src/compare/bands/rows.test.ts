import { describe, expect, it } from "vitest";
import type { CompareAnswer, ComparedFeature, ComparedSequence } from "../../api/types";
import { bandsOf, carried, difference, elsewhere, featureBands, sequenceBands } from "./rows";

type Part = ComparedSequence["in_graphs"][number];

const part = (raising: number, lowering: number, nodes: string[][] = []): Part => ({
  score: raising + lowering,
  effect: { influence: raising + lowering, raising, lowering, contribution: null },
  sources: [],
  nodes,
});
const sequence = (name: string, ...in_graphs: Part[]): ComparedSequence => ({
  steps: [{ name, is_group: true, layer: null, index: null, site: null }],
  in_graphs,
});
const feature = (index: number, labels: Record<string, string | null>): ComparedFeature => ({
  layer: 3,
  index,
  site: null,
  in_graphs: Object.entries(labels).map(([graph, label]) => ({ graph, label, label_origin: null, nodes: [`${graph}/feature/3/1/${index}`], positions: [1], node_influence: 0.1 })),
});
const answer = (sequences: ComparedSequence[], shared: ComparedFeature[] | null = [], distinct: ComparedFeature[] | null = []): CompareAnswer =>
  ({ graphs: [{ id: "x" }, { id: "y" }], sequences, shared, distinct, partly_shared: shared && [] }) as unknown as CompareAnswer;

const names = (rows: ComparedSequence[]) => rows.map(({ steps }) => steps[0]?.name);

describe("bands", () => {
  const sequences = [sequence("is", part(0.4, 0.1), part(0.1, 0.4)), sequence("capital", part(0.2, 0), part(0.1, 0)), sequence("Texas", part(0.3, 0), null), sequence("California", null, part(0.2, 0))];

  it("hold what only one graph has, and what both have", () => {
    const bands = sequenceBands(answer(sequences), "strongest");
    expect([names(bands.a), names(bands.both), names(bands.b)]).toEqual([["Texas"], ["is", "capital"], ["California"]]);
    expect([carried(bands.both, "a"), carried(bands.both, "b"), carried(bands.a, "b")].map((sum) => sum.toFixed(2))).toEqual(["0.70", "0.60", "0.00"]);
  });
  it("begin with what differs most where that is asked: what raises one target and lowers the other differs, though both carry as much", () => {
    const strongest = [sequences[1], sequences[0]].flatMap((one) => one ?? []);
    expect(names(sequenceBands(answer(strongest), "strongest").both)).toEqual(["capital", "is"]);
    expect(names(sequenceBands(answer(strongest), "differing").both)).toEqual(["is", "capital"]);
    expect(strongest.map((row) => difference(row).toFixed(2))).toEqual(["0.10", "0.60"]);
  });
  it("differ by what they add to the logits, where that is known of both", () => {
    const of = (one: number | null, another: number | null) => {
      const parts = [part(0.4, 0.1), part(0.1, 0.4)].map((each, at) => each && { ...each, effect: { ...each.effect, contribution: [one, another][at] ?? null } });
      return difference(sequence("is", ...parts)).toFixed(2);
    };
    expect([of(2, -1), of(2, null), of(null, null)]).toEqual(["3.00", "0.60", "0.60"]);
  });
  it("have no rows of neither", () => {
    expect(bandsOf([1, 2, 3], (row, side) => (side === "a" ? row === 1 || null : undefined))).toEqual({ a: [1], both: [], b: [] });
  });
  it("of features are of the same model and transcoders alone", () => {
    const bands = featureBands(answer([], [feature(1, { x: null, y: null })], [feature(2, { y: null })]));
    expect([bands?.a.length, bands?.both.length, bands?.b.length]).toEqual([0, 1, 1]);
    expect(featureBands(answer([], null, null))).toBeNull();
  });
});

describe("what is elsewhere by another name", () => {
  const shared = [feature(1, { x: "Say (Austin)", y: "Say (Sacramento)" }), feature(2, { x: "Say (Austin)", y: "Say (Sacramento)" }), feature(3, { x: "Texas", y: null })];
  const found = (name: string, ...indices: number[]) =>
    elsewhere(sequence(name, part(1, 0, [indices.map((index) => `x/feature/3/1/${index}`)]), null), "a", answer([], shared));

  it("is counted by features, and called as the other graph calls most of them", () => {
    expect(found("Say (Austin)", 1, 2, 3, 4)).toEqual({ n: 3, of: 4, name: "Say (Sacramento)", others: 1 });
    expect(found("Texas", 3)).toEqual({ n: 1, of: 1, name: "L3 #3", others: 0 });
  });
  it("is nothing of features that the other graph has not", () => {
    expect(found("Texas", 7)).toBeNull();
  });
});
