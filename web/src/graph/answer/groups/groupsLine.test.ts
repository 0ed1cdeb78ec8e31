import { describe, expect, it } from "vitest";
import { groupsLine, hiddenLine } from "./groupsLine";

const auto = { groups: 12, information_lost: 0.37, covered: 0.19, shuffled_covered: 0.13, biggest_flow: 0.2 };

describe("groupsLine", () => {
  it("tells what groups hold beside shuffled ones, of the paths that fit", () => {
    expect(groupsLine({ auto, matching: 0.5 })?.join(" ")).toBe(
      "12 automatic groups hold 38 % of the influence in 10 sequences; shuffled groups of these sizes: 26 %.",
    );
  });
  it("says less where less is known", () => {
    expect(groupsLine({ auto: { ...auto, groups: 1, shuffled_covered: null }, matching: 0.5 })?.join(" ")).toBe(
      "1 automatic group holds 38 % of the influence in 10 sequences.",
    );
  });
  it("says nothing of other groups, or of none", () => {
    expect(groupsLine({ auto: null, matching: 0.5 })).toBeNull();
    expect(groupsLine({ auto: { ...auto, groups: 0 }, matching: 0.5 })).toBeNull();
    expect(groupsLine({ auto: { ...auto, covered: null }, matching: 0.5 })).toBeNull();
    expect(groupsLine({ auto, matching: 0 })).toBeNull();
  });
});

describe("hiddenLine", () => {
  it("tells what hidden paths carry", () => {
    expect(hiddenLine({ hidden: 0.153 }, "‹bos›")).toBe("Hidden: paths from ‹bos›, 15.3 % of the influence.");
    expect(hiddenLine({ hidden: null }, "‹bos›")).toBeNull();
  });
});
