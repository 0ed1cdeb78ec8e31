import { describe, expect, it } from "vitest";
import type { ModelsAnswer } from "../api/types";
import { againFrom, againOf, type Asked } from "./again";
import { EMPTY, requestOf } from "./draft";

const MODELS = {
  models: [{ name: "demo", transcoders: [{ name: "set" }, { name: "other" }] }],
  parameters: [
    { name: "max_feature_nodes", kind: "integer", default: 8192, nullable: true },
    { name: "node_threshold", kind: "number", default: 0.8, nullable: false },
    { name: "attribution_targets", kind: "targets", default: null, nullable: true },
    { name: "device", kind: "text", default: null, nullable: true },
  ],
  options: [],
} as unknown as ModelsAnswer;

const asked = (more: Partial<Asked> = {}): Asked => ({ prompt: "Dallas is", messages: null, model: "demo", transcoders: "other", parameters: {}, ...more });

describe("a prompt that is edited and traced again", () => {
  it("is named by the address", () => {
    expect(againOf("?again=job:12&q=x")).toEqual({ of: "job", id: "12" });
    expect(againOf("?again=graph:a%3Ab")).toEqual({ of: "graph", id: "a:b" });
    expect(["", "?again=12", "?again=view:1", "?again=job:"].map(againOf)).toEqual([null, null, null, null]);
  });
  it("is asked for as it was", () => {
    const parameters = { max_feature_nodes: null, node_threshold: 0.5, attribution_targets: [" Austin", " Dallas"], device: "cpu", unknown: 3 };
    const again = againFrom(asked({ parameters }), MODELS);
    expect(again.left).toEqual([]);
    expect(requestOf(again.draft, { prompt: again.draft.text }, MODELS)).toEqual({
      prompt: "Dallas is",
      model: "demo",
      transcoders: "other",
      parameters: { max_feature_nodes: null, node_threshold: 0.5, attribution_targets: [" Austin", " Dallas"], device: "cpu" },
    });
    const difference = [{ logits: [{ token: "a", factor: 1 }, { token: "b", factor: -1 }], name: null }];
    expect(againFrom(asked({ parameters: { attribution_targets: difference } }), MODELS).draft).toMatchObject({ targets: ["a"], ratherThan: "b" });
  });
  it("may be a chat", () => {
    const messages = [{ role: "user" as const, content: "Hi" }];
    expect(againFrom(asked({ messages, prompt: "<user>Hi" }), MODELS).draft).toMatchObject({ isChat: true, messages, text: "" });
  });
  it("says what the form does not have", () => {
    expect(againFrom(asked({ model: "gone" }), MODELS)).toEqual({ draft: { ...EMPTY, text: "Dallas is" }, left: ["The model gone is not listed here."] });
    expect(againFrom(asked({ transcoders: "gone" }), MODELS).left).toEqual(["The transcoders gone are not listed here."]);
    for (const targets of [[5], [{ name: "d", direction: [1] }], [{ logits: [{ token: "a", factor: 2 }] }]]) {
      expect(againFrom(asked({ parameters: { attribution_targets: targets } }), MODELS).left).toHaveLength(1);
    }
  });
});
