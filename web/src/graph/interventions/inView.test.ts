import { describe, expect, it } from "vitest";
import type { Intervention } from "../../api/types";
import { parted, unknownOf } from "./inView";

const tests = ["c", "b", "a"].map((id) => ({ id }) as Intervention);
const ids = (all: readonly Intervention[]) => all.map(({ id }) => id);

describe("a graph's tests", () => {
  it("are those of the View in its order, and the others as they are listed", () => {
    const { own, others } = parted(tests, ["a", "gone", "c"]);
    expect([ids(own), ids(others)]).toEqual([["a", "c"], ["b"]]);
  });
  it("are known by the list", () => {
    expect(unknownOf(["a", "gone", "c"], tests)).toEqual(["gone"]);
  });
});
