import { describe, expect, it } from "vitest";
import type { ModelsAnswer, Parameter } from "../api/types";
import { changesOf, EMPTY, faultOf, helpOf, isChat, modelOf, promptAsked, requestOf, type Draft } from "./draft";

const parameter = (name: string, change: Partial<Parameter> = {}): Parameter => ({
  name,
  kind: "integer",
  description: `What ${name} does`,
  default: 10,
  nullable: false,
  minimum: 1,
  ...change,
});

const NODES = parameter("max_feature_nodes", { default: 8192, nullable: true, description: "At most so many; null: all" });
const SHARE = parameter("desired_logit_prob", { kind: "number", default: 0.95, minimum: null, exclusive_minimum: 0, maximum: 1 });
const DTYPE = parameter("dtype", { kind: "choice", default: null, nullable: true, minimum: null, choices: ["float32", "bfloat16"] });
const LAZY = parameter("lazy", { kind: "boolean", default: false, minimum: null });
const TARGETS = parameter("attribution_targets", { kind: "targets", default: null, nullable: true, minimum: null });

const model = (name: string, hasTemplate: boolean | null): ModelsAnswer["models"][number] => ({
  name,
  description: "",
  examples: [],
  context_length: 24,
  has_chat_template: hasTemplate,
  why_no_tokens: null,
  comes_from: "folder",
  dtype: "float32",
  device: null,
  backend: "nnsight",
  transcoders: [{ name: "first", comes_from: "folder" }],
});

const MODELS: ModelsAnswer = {
  models: [model("plain", false), model("chatty", true), model("away", null)],
  parameters: [NODES, SHARE, DTYPE, LAZY, TARGETS],
  options: [parameter("verify", { kind: "boolean", default: null, nullable: true })],
  roles: ["user", "assistant"],
  limits: { prompts: 100, messages: 10, characters: 1000 },
};

const request = (change: Partial<Draft>) => requestOf({ ...EMPTY, ...change }, { prompt: "Texas" }, MODELS);
const parameters = (change: Partial<Draft>) => request(change).parameters;

describe("requestOf", () => {
  it("says nothing of what is as it is unless given", () => {
    expect(request({})).toEqual({ prompt: "Texas", model: "plain", transcoders: null, parameters: {} });
    expect(parameters({ typed: { max_feature_nodes: " 8192 ", desired_logit_prob: "0.95", dtype: "", lazy: "false" } })).toEqual({});
    expect(parameters({ typed: { desired_logit_prob: " " }, targets: ["", ""] })).toEqual({});
  });
  it("takes an empty field for null where that is allowed", () => {
    expect(parameters({ typed: { max_feature_nodes: "" } })).toEqual({ max_feature_nodes: null });
  });
  it("has numbers, choices and switches as the server reads them", () => {
    expect(parameters({ typed: { max_feature_nodes: "100", desired_logit_prob: ".5", dtype: "bfloat16", lazy: "true" } })).toEqual({
      max_feature_nodes: 100,
      desired_logit_prob: 0.5,
      dtype: "bfloat16",
      lazy: true,
    });
    expect(request({ options: ["verify"], model: "chatty", transcoders: "other" })).toMatchObject({ verify: true, model: "chatty", transcoders: "other" });
  });
  it("names tokens exactly, or one rather than another", () => {
    expect(parameters({ targets: [" Austin", "", " Dallas"], ratherThan: " Houston" })).toEqual({ attribution_targets: [" Austin", " Dallas"] });
    expect(parameters({ targets: ["", " Austin"], ratherThan: " Dallas" })).toEqual({
      attribution_targets: [
        {
          logits: [
            { token: " Austin", factor: 1 },
            { token: " Dallas", factor: -1 },
          ],
        },
      ],
    });
  });
});

describe("promptAsked", () => {
  const messages = [{ role: "user" as const, content: "Texas" }];
  it("is a text, or messages where the model takes them", () => {
    const draft = { ...EMPTY, isChat: true, text: "\nTexas\n", messages };
    expect(promptAsked(draft, model("plain", false))).toEqual({ prompt: "Texas" });
    expect(promptAsked(draft, model("chatty", true))).toEqual({ messages });
    expect([isChat(draft, model("away", null)), isChat(draft, null)]).toEqual([true, true]);
  });
  it("is null where nothing is written", () => {
    expect(promptAsked({ ...EMPTY, text: " \n" }, null)).toBeNull();
    expect(promptAsked({ ...EMPTY, isChat: true }, null)).toBeNull();
  });
});

describe("changesOf", () => {
  it("is empty where all is as it is unless given", () => {
    expect(changesOf({ ...EMPTY, typed: { max_feature_nodes: "8192" } }, MODELS)).toEqual([]);
  });
  it("names what is other, in the order of the form", () => {
    const draft = { ...EMPTY, options: ["verify"], typed: { max_feature_nodes: "", desired_logit_prob: "0.5" }, targets: [" Austin"] };
    expect(changesOf(draft, MODELS)).toEqual(["max feature nodes empty", "desired logit prob 0.5", "towards ␣Austin", "verify"]);
    expect(changesOf({ ...EMPTY, targets: [" Austin"], ratherThan: " Dallas" }, MODELS)).toEqual(["␣Austin rather than ␣Dallas"]);
  });
});

describe("faultOf", () => {
  it.each([
    [NODES, "0", "It must be at least 1."],
    [NODES, "1.5", "It is no whole number."],
    [NODES, "many", "It is no number."],
    [SHARE, "0", "It must be more than 0."],
    [SHARE, "1.01", "It must be at most 1."],
    [SHARE, "Infinity", "It is no number."],
  ])("tells what the limits refuse: %#", (of, typed, why) => {
    expect(faultOf({ ...EMPTY, typed: { [of.name]: typed } }, of)).toBe(why);
  });
  it("finds none in what they allow, nor in an empty field", () => {
    const draft = { ...EMPTY, typed: { max_feature_nodes: "", desired_logit_prob: " 1 ", dtype: "anything" } };
    expect([NODES, SHARE, DTYPE].map((each) => faultOf(draft, each))).toEqual([null, null, null]);
  });
});

describe("helpOf", () => {
  it("says what a parameter does, its limits and what it is unless changed", () => {
    expect(helpOf(NODES)).toBe("At most so many; empty: all. From 1; 8,192 unless changed.");
    expect(helpOf(SHARE)).toBe("What desired_logit_prob does. Above 0 up to 1; 0.95 unless changed.");
    expect(helpOf(DTYPE)).toBe("What dtype does.");
  });
});

describe("modelOf", () => {
  it("is the first listed unless a known one is chosen", () => {
    expect([null, "chatty", "gone"].map((name) => modelOf({ ...EMPTY, model: name }, MODELS)?.name)).toEqual(["plain", "chatty", "plain"]);
    expect(modelOf(EMPTY, null)).toBeNull();
  });
});
