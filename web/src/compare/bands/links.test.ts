import { describe, expect, it } from "vitest";
import type { ComparedSequence } from "../../api/types";
import { endOf, graphQuery, sequenceAddress } from "./links";

const step = (name: string | null, of: [layer: number, index: number] | null): ComparedSequence["steps"][number] => ({
  name,
  is_group: of === null,
  layer: of?.[0] ?? null,
  index: of?.[1] ?? null,
  site: null,
});

describe("links into a graph", () => {
  it("name nodes by the ends of their ids", () => {
    expect(endOf("abc/feature/20/7/44686/attn")).toBe("feature/20/7/44686/attn");
    expect(graphQuery({ target: "logit/26/7/1", selected: ["abc/feature/1/2/3", "abc/feature/1/4/3"] })).toBe("?t=logit/26/7/1&sel=feature/1/2/3,feature/1/4/3");
    expect(graphQuery({ target: null })).toBe("");
  });
  it("ask for the paths through a sequence's steps, and light the first on its side", () => {
    const effect = { influence: 3, raising: 1, lowering: 2, contribution: null };
    const sequence: ComparedSequence = {
      steps: [step("Say (Austin) & co", null), step("Texas", [20, 44686])],
      in_graphs: [null, { score: 3, effect, sources: [], nodes: [] }],
    };
    expect(sequenceAddress("g", sequence, 1, { target: null, by: "label", hideBos: true })).toBe(
      "/graphs/g?score=influence&by=label&bos=hide&through=label:Say%20(Austin)%20%26%20co&through=feature:20/44686&row=lowers.1",
    );
    // What they add to the logit says the side, where it is known.
    expect(sequenceAddress("g", { ...sequence, in_graphs: [null, { score: 3, effect: { ...effect, contribution: 0.5 }, sources: [], nodes: [] }] }, 1, { target: null, by: "supernode", hideBos: false })).toContain(
      "score=contribution&by=supernode&through=supernode:Say%20(Austin)%20%26%20co&through=feature:20/44686&row=raises.1",
    );
  });
});
