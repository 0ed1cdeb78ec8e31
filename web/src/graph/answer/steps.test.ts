import { describe, expect, it } from "vitest";
import type { GroupStep } from "../../api/types";
import { fixtureModel, fixturePath } from "../../testing/fixture";
import { stepOfGroup, stepOfNode, stepText } from "./steps";

const model = fixtureModel();
const group = (of: Partial<GroupStep>): GroupStep => ({
  kind: "feature",
  name: null,
  token: null,
  layer: null,
  position: null,
  index: null,
  site: null,
  label_sources: [],
  nodes: ["a", "b"],
  ...of,
});

describe("stepOfGroup", () => {
  it("says the token of a position", () => {
    const step = stepOfGroup(model, group({ name: "position 1", position: 1 }), "position");
    expect(step.text).toBe("position 1");
    expect(step.note).toEqual({ text: "Dallas", isToken: true });
  });
  it("tells features of one label apart by their layers", () => {
    expect(stepOfGroup(model, group({ name: "Texas", layer: 20, index: 5 }), "feature").note?.text).toBe("L20");
    expect(stepOfGroup(model, group({ name: "Texas" }), "label").note).toBeNull();
  });
  it("names a feature without a label by layer and index", () => {
    expect(stepOfGroup(model, group({ layer: 20, index: 5 }), "feature")).toMatchObject({ text: "L20 #5", form: "plain" });
  });
  it("takes a drawn supernode by its name, even one that holds embeddings", () => {
    const drawn = stepOfGroup(model, group({ kind: "embedding", name: "places" }), "supernode");
    expect(drawn).toMatchObject({ text: "places", form: "label" });
  });
});

describe("stepOfNode", () => {
  const [dallas, texas, austin] = fixturePath([1, 2, 6]).nodes.map((node) => stepOfNode(model, node));

  it("writes tokens as tokens and labels with their layers", () => {
    expect(dallas).toMatchObject({ text: "Dallas", form: "token" });
    expect(texas).toMatchObject({ text: "Texas", form: "label", note: { text: "L0", isToken: false } });
  });
  it("knows what tells a node from others of its name", () => {
    expect(texas?.extras.map(({ text }) => text)).toEqual(["#11", "Dallas"]);
    expect(austin?.extras.map(({ text }) => text)).toEqual(["#99"]);
    expect(texas?.title).toBe("L0 #11, position 1");
  });
  it("says a token's position where the prompt has it twice", () => {
    const twice = { ...model, record: { ...model.record, tokens: ["<bos>", " Dallas", " Dallas"] } };
    const [node] = fixturePath([1]).nodes;
    expect(node && stepOfNode(twice, node).text).toBe("Dallas₁");
  });
});

describe("labels that are borrowed or made", () => {
  const [texas] = fixturePath([2]).nodes;
  const from = (source: "person" | "borrowed") =>
    texas && stepOfNode(model, { ...texas, label_origin: { source, by: "dallas", graph: null } });
  it("are marked, and told of in the title", () => {
    expect(from("borrowed")).toMatchObject({ isInferred: true, title: "L0 #11, position 1, label from dallas" });
    expect(from("person")).toMatchObject({ isInferred: false, title: "L0 #11, position 1, label said by dallas" });
  });
  it("mark a group where none of its nodes has another", () => {
    const inferred = (sources: GroupStep["label_sources"]) => stepOfGroup(model, group({ name: "Texas", label_sources: sources }), "label").isInferred;
    expect([inferred(["borrowed", "logits"]), inferred(["graph", "borrowed"]), inferred([])]).toEqual([true, false, false]);
  });
});

describe("stepText", () => {
  it("says the layer with what tells the step apart", () => {
    const [, texas] = fixturePath([1, 2]).nodes.map((node) => stepOfNode(model, node));
    expect(texas && stepText(texas)).toBe("Texas");
    expect(texas && stepText({ ...texas, marks: texas.extras.slice(0, 1) })).toBe("Texas L0 #11");
  });
});
