import { expect, it } from "vitest";
import { fixtureNodes } from "../../testing/fixture";
import { featureCount } from "./featureCount";

it("counts a feature once, at however many positions it fires", () => {
  const nodes = fixtureNodes();
  expect(featureCount(nodes)).toBe(3);
  const index = nodes.index.map((each) => (each === 13 ? 12 : each)); // in layer 1, too
  expect(featureCount({ ...nodes, index })).toBe(2);
  const site = nodes.site.map((_, node) => (node === 4 ? "attn" : null));
  expect(featureCount({ ...nodes, index, site })).toBe(3);
});
