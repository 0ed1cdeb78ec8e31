import { describe, expect, it } from "vitest";
import type { Selection } from "../model/selection";
import { FIRST_INSIDE } from "./inside";
import { lacking } from "./lacking";

const selected = (layer: number, head: number): Selection => ({ kind: "head", layer, head, cell: null });

describe("lacking", () => {
  it("is null where the model has all, counted from the end or not", () => {
    const inside = { ...FIRST_INSIDE, layers: [-4, 3], heads: [{ layer: -1, head: -1 }] };
    expect(lacking(inside, selected(3, 1), 4, 2)).toBeNull();
    expect(lacking(FIRST_INSIDE, { kind: "node", node: 99 }, 4, 2)).toBeNull();
  });
  it("leaves out what it does not have, and keeps the rest", () => {
    const inside = { ...FIRST_INSIDE, layers: [0, 4], heads: [{ layer: 0, head: 2 }] };
    expect(lacking(inside, selected(4, 0), 4, 2)).toEqual({
      inside: { ...FIRST_INSIDE, layers: [0], heads: null },
      selection: null,
      leftOut: ["layers=0,4", "heads=L0H2", "sel=head:4.0"],
    });
  });
});
