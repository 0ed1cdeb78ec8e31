import { describe, expect, it } from "vitest";
import { NO_BOUNDS } from "../asked";
import { entriesIn, MOST_ENTRIES, titleOf, valuesText, withEntry, type Entry } from "./history";

const entry = (name: string, rows: number | null = 1): Entry => ({ search: `?q=${name}`, title: name, values: "", at: "2026-03-12T12:00:00Z", rows });

describe("the history", () => {
  it("lists the last first, each once, and not too many", () => {
    const all = ["a", "b", "a"].reduce<Entry[]>((entries, name, at) => withEntry(entries, entry(name, at)), []);
    expect(all.map(({ title, rows }) => [title, rows])).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
    const many = Array.from({ length: 60 }, (_, at) => entry(`q${at}`)).reduce<Entry[]>(withEntry, []);
    expect([many.length, many[0]?.title]).toEqual([MOST_ENTRIES, "q59"]);
  });
  it("is read as far as it can be read", () => {
    const kept = [entry("a"), { ...entry("b"), rows: null }];
    expect(entriesIn(JSON.stringify(kept))).toEqual(kept);
    expect(entriesIn(JSON.stringify([...kept, null, 3, {}, { ...entry("c"), search: "?nothing" }, { ...entry("d"), rows: "1" }]))).toEqual(kept);
    expect([null, "", "{", '{"a":1}', "3"].map(entriesIn)).toEqual([[], [], [], [], []]);
  });
  it("says what was asked in a line", () => {
    expect(titleOf({ kind: "cypher", cypher: " MATCH (n)\n\tRETURN n ", values: {}, bounds: NO_BOUNDS }, null)).toBe("MATCH (n) RETURN n");
    expect(titleOf({ kind: "cypher", cypher: "x".repeat(500), values: {}, bounds: NO_BOUNDS }, null)).toHaveLength(160);
    const named = { kind: "named", name: "hubs", values: { graphs: ["0123456789abcdef0123456789abcdef", "b"], k: ["5"] }, bounds: NO_BOUNDS } as const;
    expect([titleOf(named, "Hubs"), titleOf(named, null), valuesText(named)]).toEqual(["Hubs", "hubs", "graphs 01234567, graphs b, k 5"]);
  });
});
