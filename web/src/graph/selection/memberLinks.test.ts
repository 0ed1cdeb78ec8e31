import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { onwardInfluence } from "../node/linkFlow";
import { memberLinks } from "./memberLinks";

const model = fixtureModel();
const onward = onwardInfluence(model, model.edges.share, new Map([[6, 1]]), new Set());
const flow = { through: [0.125, 0.75, 0.625, 0.5, 0.125, 0, 0.875], onward, share: model.edges.share };

describe("the links that a circuit's link stands for", () => {
  it("are those from one part into the other, the heaviest first, summed by their signs", () => {
    expect(memberLinks(model, [2, 3, 4], [6], null)).toEqual({ edges: [6, 5, 7], weight: 2, exciting: 3, inhibiting: -1, flow: null });
    expect(memberLinks(model, [0, 1], [2, 3], null).edges).toEqual([0, 2]);
  });
  it("carry to the target what each carries", () => {
    expect(memberLinks(model, [2, 3], [6], flow).flow).toBeCloseTo(0.75);
  });
  it("are none the other way", () => {
    expect(memberLinks(model, [6], [2, 3], flow)).toEqual({ edges: [], weight: 0, exciting: 0, inhibiting: 0, flow: 0 });
  });
});
