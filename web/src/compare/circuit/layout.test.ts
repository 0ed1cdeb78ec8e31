import { describe, expect, it } from "vitest";
import type { Difference, Link, Part } from "./difference";
import { BOX, layoutOf, MOST_LINKS } from "./layout";

const part = (key: string, where: Part["where"], kind: Part["kind"] = "group"): Part => ({ key, kind, name: key, where, height: 0, a: null, b: null });
const link = (source: string, target: string, side: "a" | "b", influence: number): Link => ({ source, target, where: side, a: null, b: null, [side]: { influence, raising: influence, lowering: 0, contribution: null } });
const parts = [part("token", "a", "token"), part("one", "a"), part("two", "a"), part("all", "both"), part("other", "b"), part("target", "both", "target")];

describe("the layout", () => {
  it("has a band for each, in which no box is on another, and the target above all", () => {
    const { placed, height } = layoutOf({ parts, links: [] });
    const at = (key: string) => placed.get(key) ?? { x: NaN, y: NaN };
    expect(at("token").x).toBe(at("two").x);
    expect(at("one").x).toBeLessThan(at("all").x - BOX.width);
    expect(at("all").x).toBeLessThan(at("other").x - BOX.width);
    for (const [above, below] of [["two", "one"], ["one", "token"], ["target", "two"], ["target", "all"]] as const) expect(at(above).y).toBeLessThanOrEqual(at(below).y - BOX.height);
    for (const { y } of placed.values()) expect(y > 0 && y < height).toBe(true);
  });
  it("draws the strongest links of each graph, so that one with weak links has some", () => {
    const strong = Array.from({ length: 30 }, (_, at) => link("one", "target", "a", 1 + at));
    const difference: Difference = { parts, links: [...strong.reverse(), link("other", "target", "b", 0.01)] };
    const { links } = layoutOf(difference);
    expect(links.length).toBe(MOST_LINKS + 1);
    expect(links[0]?.link.where).toBe("b");
    expect(links.at(-1)?.link.a?.influence).toBe(30);
    expect(links.at(-1)?.width).toBe(7);
  });
  it("leaves out a link to what is not there", () => {
    expect(layoutOf({ parts, links: [link("one", "nowhere", "a", 1)] }).links).toEqual([]);
  });
});
