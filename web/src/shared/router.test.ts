import { describe, expect, it } from "vitest";
import { graphAddress, routeOf } from "./router";

describe("routeOf", () => {
  it("knows the first page and a graph's", () => {
    expect(routeOf("/")).toEqual({ page: "home" });
    expect(routeOf("/graphs/abc")).toEqual({ page: "graph", id: "abc" });
    expect(routeOf(graphAddress("a b/ü"))).toEqual({ page: "graph", id: "a b/ü" });
    expect(routeOf("/elsewhere")).toEqual({ page: "nowhere" });
    expect(routeOf("/graphs/%E0%A4%A")).toEqual({ page: "nowhere" });
  });
});
