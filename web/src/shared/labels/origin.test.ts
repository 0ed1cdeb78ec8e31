import { describe, expect, it } from "vitest";
import type { LabelOrigin } from "../../api/types";
import { isInferred, originText } from "./origin";

const origin = (source: LabelOrigin["source"], by: string | null = null): LabelOrigin => ({ source, by, graph: null });

describe("originText", () => {
  it("says who named a feature", () => {
    expect(originText(origin("person", "ada"))).toBe("said by ada");
    expect(originText(origin("explanation", "gpt-4o-mini"))).toBe("explained by gpt-4o-mini");
    expect(originText(origin("borrowed", "dallas-grouped"))).toBe("from dallas-grouped");
    expect(originText(origin("logits", "neuronpedia"))).toBe("made from its top logits");
  });
  it("does so where nobody gave a name", () => {
    expect(originText(origin("person", "person"))).toBe("said by a person");
    expect(originText(origin("explanation"))).toBe("from an explanation");
    expect(originText(origin("borrowed"))).toBe("from another graph");
  });
  it("says nothing of the graph's own labels", () => {
    expect([originText(origin("graph")), originText(null), originText(undefined)]).toEqual([null, null, null]);
  });
});

describe("isInferred", () => {
  it("tells what was borrowed and made from what was said", () => {
    const sources = ["person", "graph", "explanation", "borrowed", "logits"] as const;
    expect(sources.filter(isInferred)).toEqual(["borrowed", "logits"]);
    expect(isInferred(undefined)).toBe(false);
  });
});
