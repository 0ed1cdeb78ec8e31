import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { shownText } from "./shown";

describe("shownText", () => {
  const model = fixtureModel();
  it("counts what is shown and, by kind, what is hidden", () => {
    expect(shownText(model, [3, 4, 5])).toBe("4 of 7 nodes shown; 2 features and 1 error hidden");
    expect(shownText(model, [5])).toBe("6 of 7 nodes shown; 1 error hidden");
    expect(shownText(model, [4])).toBe("6 of 7 nodes shown; 1 feature hidden");
    expect(shownText(model, [])).toBe("All 7 nodes shown");
  });
});
