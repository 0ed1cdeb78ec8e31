import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { featureOf } from "./featureOf";

describe("featureOf", () => {
  const plain = fixtureModel();
  const model = { ...plain, record: { ...plain.record, model: "m", transcoder_set: "a/b", attention_set: "a/lorsa" } };
  it("names the feature by its set, layer and index", () => {
    expect(featureOf(model, 2)).toEqual({ model: "m", transcoder_set: "a/b", layer: 0, index: 11, site: null });
  });
  it("has the set of attention for a feature of attention, where that is known", () => {
    const ofAttention = { ...model, nodes: { ...model.nodes, site: model.nodes.site.map(() => "attn") } };
    expect(featureOf(ofAttention, 2)).toMatchObject({ transcoder_set: "a/lorsa", site: "attn" });
    const unnamed = { ...ofAttention, record: { ...model.record, attention_set: null } };
    expect(featureOf(unnamed, 2).transcoder_set).toBe("a/b");
  });
});
