import { describe, expect, it } from "vitest";
import type { ReadGraph, SharedAnswer, SharedFeature, SharedSequence } from "../api/types";
import { askedIn, libraryAddress, searchOf, type Asked } from "./address";
import { featurePlace, sequencePlace } from "./places";
import { cutText, featureId, featureKey, readText, sequenceKey, stepName, unrankedText } from "./words";

const graph = (id: string, ranked = true): ReadGraph => ({ id, name: id, prompt: "Dallas is", target: " Austin", group_by: "auto", ranked });
const feature = (site: string | null): SharedFeature => ({
  model: "google/tiny",
  transcoder_set: "a/b",
  layer: 20,
  index: 44686,
  site,
  label: "Texas",
  label_origin: null,
  support: 2,
  mean_share: 0.1,
  in_graphs: [],
});
const step = (name: string | null): SharedSequence["steps"][number] => ({ name, model: "m", transcoder_set: "s", layer: 1, index: 7, site: null });
const shared = (graphs: ReadGraph[], held: number): SharedAnswer => ({ collection: "cities", n_graphs: held, graphs, n_features: 0, features: [], n_sequences: 0, sequences: [] });

describe("the address", () => {
  it("gives back what it says", () => {
    const asked: Asked[] = [
      { list: "sequences", open: null },
      { list: "features", open: "google/tiny/a/b/20/7" },
      { list: "sequences", open: "reads its token → says & more?" },
    ];
    expect(asked.map((each) => askedIn(searchOf(each)))).toEqual(asked);
    expect(["", "?list=nonsense"].map(askedIn)).toEqual(Array(2).fill({ list: "sequences", open: null }));
  });
  it("of the library names the collection", () => {
    expect(libraryAddress("a & b")).toBe("/?collection=a+%26+b");
  });
});

describe("places in a graph", () => {
  it("select a feature's node by the end of its id", () => {
    expect(featurePlace(graph("one"), { graph: 0, share: 0.1, node: "one/feature/20/7/44686" })).toBe("/graphs/one?by=auto&sel=feature%2F20%2F7%2F44686");
  });
  it("ask for the paths through a sequence's groups", () => {
    const part = { graph: 0, share: 0.1, n_sources: 1, sources: [], through: ["group:reads is (layer 0)", "label:a & b"] };
    expect(sequencePlace(graph("one"), part)).toBe("/graphs/one?by=auto&score=influence&through=group%3Areads%20is%20(layer%200)&through=label%3Aa%20%26%20b");
  });
});

describe("words", () => {
  it("name features, and steps that are in no group, by their ids", () => {
    expect([featureId(feature(null)), featureId(feature("attn")), stepName(step("Texas")), stepName(step(null))]).toEqual(["L20 #44686", "L20 #44686 attn", "Texas", "L1 #7"]);
    expect(featureKey(feature("attn"))).toBe("google/tiny/a/b/20/44686/attn");
    expect(sequenceKey({ steps: [step("Texas"), step(null)], support: 2, mean_share: 0.1, in_graphs: [] })).toBe("Texas → m/s/L1 #7");
  });
  it("say how many graphs were read", () => {
    expect(readText(shared([graph("a"), graph("b")], 2))).toBe("Of its 2 graphs.");
    expect(readText(shared([graph("a")], 10_000))).toBe("Of the newest 1 of its 10,000 graphs: no more are read at once.");
    expect([unrankedText(shared([graph("a")], 1)), unrankedText(shared([graph("a", false)], 1))]).toEqual(["", "The sequences of 1 graph took too long to find: they are not counted here."]);
    expect([cutText(3, 3), cutText(50, 1200)]).toEqual(["", "The first 50 of 1,200."]);
  });
});
