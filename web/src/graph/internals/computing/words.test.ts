import { describe, expect, it } from "vitest";
import { costText, whyMissing } from "./words";

describe("costText", () => {
  const cost = { computed: false, n_tokens: 11, most_tokens: 512, most_tokens_of_flow: 256, why_not: null, seconds: 0.6, of_tokens: 9 };
  it("says what it does, and what it took before", () => {
    expect(costText(cost)).toBe("It runs the model on the prompt’s 11 tokens. The last prompt of this model took 0.60 s at 9 tokens.");
  });
  it("says nothing of time where there was no prompt before", () => {
    expect(costText({ ...cost, n_tokens: 1, seconds: null, of_tokens: null })).toBe("It runs the model on the prompt’s 1 token.");
  });
});

describe("whyMissing", () => {
  it("is null where one of the parts is there", () => {
    expect(whyMissing({ parts: ["logits"], missing: { attention: "It is too large." } }, ["attention", "logits"])).toBeNull();
  });
  it("is the reason of the part that the tab is about, or that nobody asked for it", () => {
    expect(whyMissing({ parts: ["flow"], missing: { attention: "It is too large." } }, ["attention", "logits"])).toBe("It is too large.");
    expect(whyMissing({ parts: ["flow"], missing: {} }, ["tokens"])).toBe("It was not among what was computed.");
  });
});
