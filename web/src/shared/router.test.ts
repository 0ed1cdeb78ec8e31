import { describe, expect, it } from "vitest";
import { collectionAddress, compareAddress, featureAddress, graphAddress, routeOf, tabAddress } from "./router";

describe("routeOf", () => {
  it("knows the first page and a graph's", () => {
    expect(routeOf("/")).toEqual({ page: "home" });
    expect(routeOf("/graphs/abc")).toEqual({ page: "graph", id: "abc" });
    expect(routeOf(graphAddress("a b/ü"))).toEqual({ page: "graph", id: "a b/ü" });
    expect(["/elsewhere", "/runs/1", "/graphs/a/b", "/collections/", "/features/m/s/x/1", "/constructor"].map((path) => routeOf(path).page)).toEqual(Array(6).fill("nowhere"));
    expect(routeOf("/graphs/%E0%A4%A")).toEqual({ page: "nowhere" });
  });
  it("knows the pages around graphs by their addresses", () => {
    expect(["/graphs/", "/runs", "/compare/", "/ask"].map((path) => routeOf(path).page)).toEqual(["home", "runs", "compare", "ask"]);
    expect(routeOf(collectionAddress("a/b v1.2"))).toEqual({ page: "collection", name: "a/b v1.2" });
    expect(compareAddress("a&b", "c")).toBe("/compare?a=a%26b&b=c");
    const feature = { model: "google/gemma", transcoder_set: "a set", layer: 20, index: 44686 };
    expect(featureAddress({ ...feature, site: "attn" })).toBe("/features/google%2Fgemma/a%20set/20/44686?site=attn");
    expect(routeOf(featureAddress({ ...feature, site: null }))).toEqual({ page: "feature", feature });
  });
});

describe("tabAddress", () => {
  it("leads from a tab's path to the tab", () => {
    expect(tabAddress("/graphs/a%20b/attention", "")).toBe("/graphs/a%20b?tab=attention");
    expect(tabAddress("/graphs/a/flow/", "?measure=signed")).toBe("/graphs/a?tab=flow&measure=signed");
    expect(["/graphs/a", "/graphs/a/circuits", "/graphs/a/b/heads", "/heads"].map((path) => tabAddress(path, ""))).toEqual([null, null, null, null]);
  });
});
