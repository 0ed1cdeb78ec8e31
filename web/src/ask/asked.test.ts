import { describe, expect, it } from "vitest";
import { queryAddress } from "../shared/router";
import { addressOf, askedIn, bareSearch, isAddress, NO_BOUNDS, shapedAddress, shapeIn, type Asked } from "./asked";

const again = (asked: Asked): Asked => askedIn(addressOf(asked).slice("/ask".length));

describe("what the address asks", () => {
  it("is read back as it was written", () => {
    const cases: Asked[] = [
      { kind: "nothing" },
      { kind: "named", name: "shared-features", values: { graphs: ["a", "b"], k: ["5"] }, bounds: NO_BOUNDS },
      { kind: "named", name: "readers-of-token", values: { graph: ["g"], token: [" a+b & 'c' #%/?"] }, bounds: { rows: "7", seconds: "0.5" } },
      { kind: "cypher", cypher: "MATCH (n)\n  WHERE n.x = $x + 1 // +&?#%\nRETURN n", values: { x: ['"1"'], ö: ["[1, 2]"] }, bounds: NO_BOUNDS },
      { kind: "saved", name: "a 'b' & c? #d % Ада", values: { q: ["1"] }, bounds: NO_BOUNDS },
    ];
    for (const asked of cases) expect(again(asked)).toEqual(asked);
  });
  it("is nothing where it says nothing, or only how to show it", () => {
    expect(["", "?", "?cypher=", "?q=&graph=g", "?as=graph&theme=dark", "?graph=g"].map(askedIn)).toEqual(Array(6).fill({ kind: "nothing" }));
    expect(askedIn("?q=hubs&theme=dark&as=graph&embed=true&rows=3")).toEqual({ kind: "named", name: "hubs", values: {}, bounds: { rows: "3", seconds: "" } });
    expect(askedIn("?cypher=RETURN+1&graph=g&$=x")).toMatchObject({ kind: "cypher", values: {} });
  });
  it("is what other pages lead to", () => {
    expect(askedIn(queryAddress("top-paths", { graph: "g", target: "g/logit/26/7/1" }).slice(4))).toEqual({
      kind: "named",
      name: "top-paths",
      values: { graph: ["g"], target: ["g/logit/26/7/1"] },
      bounds: NO_BOUNDS,
    });
  });
  it("shows a table unless it says a graph", () => {
    expect([shapeIn(""), shapeIn("?q=hubs&as=graph"), shapeIn("?as=tree")]).toEqual(["table", "graph", "table"]);
    expect(shapedAddress("?q=hubs&as=graph&graph=g", "table")).toBe("/ask?q=hubs&graph=g");
    expect(["?q=hubs&as=graph&graph=g&theme=dark", "?cypher=", "", "?as=graph"].map(bareSearch)).toEqual(["?q=hubs&graph=g", "", "", ""]);
    expect(shapedAddress("?q=hubs", "graph")).toBe("/ask?q=hubs&as=graph");
  });
  it("is too long for an address at some length", () => {
    expect([100, 20_000].map((n) => isAddress(addressOf({ kind: "cypher", cypher: "x".repeat(n), values: {}, bounds: NO_BOUNDS })))).toEqual([true, false]);
  });
});
