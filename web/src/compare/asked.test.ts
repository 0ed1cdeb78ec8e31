import { describe, expect, it } from "vitest";
import { addressOf, askedIn, swapped, withGraph, withTarget, type Asked } from "./asked";

const asked: Asked = { a: "one", b: "two", ta: "logit/2/1/7", tb: null, by: "feature", hideBos: true, order: "differing" };

describe("the address", () => {
  it("says what is asked, and gives it back", () => {
    expect(addressOf(asked)).toBe("/compare?a=one&b=two&ta=logit/2/1/7&by=feature&bos=hide&order=differing");
    expect(askedIn(addressOf(asked).slice("/compare".length))).toEqual(asked);
    expect(askedIn("?a=a%26b")).toMatchObject({ a: "a&b" });
  });
  it("of the page without graphs is its path alone", () => {
    expect(addressOf(askedIn(""))).toBe("/compare");
  });
  it("asks nothing by what is no value", () => {
    expect(askedIn("?a=&by=colour&bos=1&order=up")).toEqual(askedIn(""));
  });
});

describe("another question", () => {
  it("takes both graphs with their targets to the other side", () => {
    expect(swapped(asked)).toMatchObject({ a: "two", b: "one", ta: null, tb: "logit/2/1/7" });
    expect(swapped(swapped(asked))).toEqual(asked);
  });
  it("drops the target of a graph that goes", () => {
    expect(withGraph(asked, "a", "three")).toMatchObject({ a: "three", ta: null, b: "two" });
    expect(withGraph(withTarget(asked, "b", "logit/2/1/8"), "b", null)).toMatchObject({ b: null, tb: null, ta: "logit/2/1/7" });
  });
});
