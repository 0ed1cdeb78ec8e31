import { describe, expect, it } from "vitest";
import { SvgSurface, type Measure } from "../drawing/vector/svg";
import type { Palette } from "../drawing/palette";
import type { Caption } from "./caption";
import { drawFoot, footOf, wrapped } from "./foot";

const measure: Measure = (text) => ({ width: 6 * text.length, drop: 0 });
const wide = (text: string): number => measure(text, "").width;
const caption: Caption = { title: "The capital is → Austin 33 %", drawn: "3 of 7 nodes", graph: "abc", link: "http://here/graphs/abc?pins=1" };
const palette = { paper: "#fff", ink: "#000", mid: "#666", excites: "#00f", inhibits: "#f80" } as Palette;

function drawn(foot: ReturnType<typeof footOf>): { markup: string; links: string[] } {
  const surface = new SvgSurface(measure);
  const links: string[] = [];
  drawFoot(surface, foot, palette, (href, write) => {
    links.push(href);
    write();
  });
  return { markup: surface.markup, links };
}

describe("footOf", () => {
  it("explains the marks that are drawn, and says what the picture is", () => {
    const foot = footOf(caption, { sizedBy: "flow" }, new Set(["feature", "logit"]), 700, measure);
    const { markup, links } = drawn(foot);
    const texts = [...markup.matchAll(/<text[^>]*>([^<]*)</g)].map((found) => found[1]);
    expect(texts).toEqual(["feature", "logit", "target", "excites", "inhibits", "size: flow to the target", caption.title, "3 of 7 nodes", "Graph abc · http://here/graphs/abc?pins=1"]);
    expect(links).toEqual([caption.link]);
  });
  it("of lines alone explains the lines", () => {
    expect(footOf(caption, null, new Set(["feature"]), 700, measure).items.map(({ text }) => text)).toEqual(["excites", "inhibits"]);
  });
  it("breaks where it is narrow, and stays inside", () => {
    const foot = footOf(caption, { sizedBy: "influence" }, new Set(["feature", "embedding", "error", "logit"]), 180, measure);
    expect(new Set(foot.items.map(({ y }) => y)).size).toBeGreaterThan(2);
    for (const { x, width } of foot.items) expect(x + width).toBeLessThanOrEqual(180 - 16);
    for (const { text } of foot.lines) expect(wide(text)).toBeLessThanOrEqual(180 - 32);
    expect(foot.height).toBeGreaterThan(footOf(caption, { sizedBy: "influence" }, new Set(), 900, measure).height);
    // The work that an address tells is long, and leads there all the same.
    expect(foot.lines.at(-1)).toMatchObject({ text: expect.stringMatching(/^http:\/\/here/) as string, href: caption.link });
  });
});

describe("wrapped", () => {
  it("breaks at spaces, keeps what fits, cuts the last line", () => {
    expect(wrapped("one two three", 42, wide)).toEqual(["one two", "three"]);
    expect(wrapped("a b c d e f", 6, wide)).toEqual(["a", "b", "c", "…"]);
    expect(wrapped("", 42, wide)).toEqual([]);
  });
});
