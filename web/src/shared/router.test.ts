import { describe, expect, it } from "vitest";
import { graphAddress, routeOf, tabAddress } from "./router";

describe("routeOf", () => {
  it("knows the first page and a graph's", () => {
    expect(routeOf("/")).toEqual({ page: "home" });
    expect(routeOf("/graphs/abc")).toEqual({ page: "graph", id: "abc" });
    expect(routeOf(graphAddress("a b/ü"))).toEqual({ page: "graph", id: "a b/ü" });
    expect(routeOf("/elsewhere")).toEqual({ page: "nowhere" });
    expect(routeOf("/graphs/%E0%A4%A")).toEqual({ page: "nowhere" });
  });
});

describe("tabAddress", () => {
  it("leads from a tab's path to the tab", () => {
    expect(tabAddress("/graphs/a%20b/attention", "")).toBe("/graphs/a%20b?tab=attention");
    expect(tabAddress("/graphs/a/flow/", "?measure=signed")).toBe("/graphs/a?tab=flow&measure=signed");
    expect(["/graphs/a", "/graphs/a/circuits", "/graphs/a/b/heads", "/heads"].map((path) => tabAddress(path, ""))).toEqual([null, null, null, null]);
  });
});
