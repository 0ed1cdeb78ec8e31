import { expect, it } from "vitest";
import { featureKeyAddress } from "../results/keys";
import { featureChoices } from "./features";

it("features are chosen by their keys, and called by their labels", () => {
  const feature = { model: "google/gemma (2)", transcoder_set: "a set", layer: 20, index: 44686, site: null, label: "Texas", origin: null, n_nodes: 3 };
  const choices = featureChoices({ features: [feature, { ...feature, label: null, site: "attn", n_nodes: 1 }] });
  expect(choices).toEqual([
    { value: "google%2Fgemma%20%282%29/a%20set/20/44686", text: "Texas", detail: "L20 #44686 · 3 nodes · google/gemma (2), a set" },
    { value: "google%2Fgemma%20%282%29/a%20set/20/44686/attn", text: "L20 attn #44686", detail: "1 node · google/gemma (2), a set" },
  ]);
  expect(featureKeyAddress(choices[0]?.value ?? "")).toBe("/features/google%2Fgemma%20(2)/a%20set/20/44686");
});
