import { describe, expect, it } from "vitest";
import type { ChangedFeature } from "../../api/types";
import { fixtureModel, key } from "../../testing/fixture";
import { logits, titleOf } from "./words";

const changed = (node: number | null, more: Partial<ChangedFeature> = {}): ChangedFeature => ({
  key: node === null ? null : key(node),
  layer: 0,
  position: 1,
  index: 11,
  op: "suppress",
  factor: 0,
  donor: null,
  before: 1,
  value: 0,
  ...more,
});

describe("logits", () => {
  it("has a sign, and none where it rounds to nothing", () => {
    expect([0.421, -2.2, -0.001].map(logits)).toEqual(["+0.42", "−2.20", "0.00"]);
  });
});

describe("titleOf", () => {
  it("names what was changed and how", () => {
    const model = fixtureModel();
    expect(titleOf(model, [changed(2), changed(3), changed(4, { op: "scale", factor: -1 })])).toBe("Texas off; L1 #13 is × −1.00");
    expect(titleOf(model, [changed(4, { op: "set", value: 3 })])).toBe("L1 #13 is set to 3.00");
    const lent = { op: "transplant", donor: "b" } as const;
    expect(titleOf(model, [changed(2, lent), changed(null, lent)])).toBe("2 features taken from another graph");
  });
});
