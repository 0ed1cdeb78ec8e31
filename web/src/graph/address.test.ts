import { describe, expect, it } from "vitest";
import { labelsIn, withLabels } from "./address";

describe("the rule of labels in an address", () => {
  it("is read, and is the default where it is none", () => {
    expect(labelsIn("?labels=own")).toBe("own");
    expect([labelsIn(""), labelsIn("?labels=all")]).toEqual(["made", "made"]);
  });
  it("is written beside what else there is, and left out where it is the default", () => {
    expect(withLabels("", "borrowed")).toBe("?labels=borrowed");
    expect(withLabels("?a=1&labels=own", "borrowed")).toBe("?a=1&labels=borrowed");
    expect(withLabels("?labels=own", "made")).toBe("");
  });
});
