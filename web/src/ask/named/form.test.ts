import { describe, expect, it } from "vitest";
import type { NamedQuery, QueryParameter } from "../../api/types";
import { faultOf, heldIn, limitsOf, parametersOf, queryGroups, titleOf, valuesGiven } from "./form";

const parameter = (name: string, type: QueryParameter["type"], more: Partial<QueryParameter> = {}): QueryParameter => ({
  name,
  type,
  description: "",
  required: true,
  default: null,
  minimum: null,
  maximum: null,
  kinds: null,
  ...more,
});

const query: NamedQuery = {
  name: "top-paths",
  group: "Paths",
  title: "Top paths",
  sentence: "The best paths.",
  columns: [],
  cypher: "",
  parameters: [
    parameter("graphs", "graphs"),
    parameter("target", "node", { required: false }),
    parameter("min_share", "number", { required: false, default: 0.5, minimum: 0, maximum: 1 }),
    parameter("k", "count", { required: false, default: 10, minimum: 1, maximum: 10_000 }),
  ],
};
const [graphs, target, share, k] = query.parameters as [QueryParameter, QueryParameter, QueryParameter, QueryParameter];

describe("a named query's form", () => {
  it("holds defaults until something is typed", () => {
    expect(heldIn({}, k)).toEqual(["10"]);
    expect(heldIn({ k: [""] }, k)).toEqual([""]);
    expect(heldIn({}, target)).toEqual([]);
    expect([titleOf(share), limitsOf(share), limitsOf(target)]).toEqual(["min share", "0 to 1", ""]);
  });
  it("says what is missing or wrong", () => {
    expect([faultOf(graphs, []), faultOf(graphs, ["a"]), faultOf(target, [])]).toEqual(["needed", null, null]);
    expect(["1.5", "x", "0", "10001", "12"].map((text) => faultOf(k, [text]))).toEqual([
      "must be a whole number",
      "must be a whole number",
      "must be 1 or more",
      "must be 10000 or less",
      null,
    ]);
    expect(["", "x", "1e-3", "-1"].map((text) => faultOf(share, [text]))).toEqual([null, "must be a number", null, "must be 0 or more"]);
  });
  it("asks with all values, of their types", () => {
    expect(parametersOf(query, { graphs: ["a", "b"], k: ["3"] })).toEqual({ graphs: ["a", "b"], target: null, min_share: 0.5, k: 3 });
    expect(parametersOf(query, { graphs: ["a"], target: ["a/logit/1/2/3"], min_share: [""] })).toEqual({ graphs: ["a"], target: "a/logit/1/2/3", min_share: null, k: 10 });
    expect(parametersOf(query, {})).toBeNull();
    expect(parametersOf(query, { graphs: ["a"], k: ["none"] })).toBeNull();
  });
  it("says in its address what is other than the default", () => {
    expect(valuesGiven(query, { graphs: ["a", ""], target: [""], min_share: ["0.5"], k: ["20"], stray: ["x"] })).toEqual({ graphs: ["a"], k: ["20"] });
  });
});

describe("the named queries", () => {
  const other = { ...query, name: "hubs", group: "Direct effects", title: "Hubs" };
  it("are found by words, under their headings", () => {
    const found = (sought: string) => queryGroups({ engine: "ladybug", queries: [query, other] }, sought).map((group) => [group.name, group.queries.map(({ name }) => name)]);
    expect(found("")).toEqual([
      ["Paths", ["top-paths"]],
      ["Direct effects", ["hubs"]],
    ]);
    expect(found("BEST effects")).toEqual([["Direct effects", ["hubs"]]]);
    expect(found("nothing")).toEqual([]);
  });
});
