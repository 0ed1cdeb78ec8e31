import { describe, expect, it } from "vitest";
import type { Palette } from "../palette";
import { linkCurves, type PlacedLinks } from "./links";

const palette = { excites: "rgb(0, 0, 255)", inhibits: "rgb(255, 128, 0)" } as Palette;

/** Links from node 0, at the foot, to nodes at the top. */
const placed = (ink: number[], x = [50, 20, 80, 900]): PlacedLinks => ({
  links: { source: Uint32Array.from(ink, () => 0), target: Uint32Array.from(ink, (_, at) => at + 1), ink: Float32Array.from(ink) },
  x: Float32Array.from(x),
  y: Float32Array.from([90, 10, 10, 10]),
  width: 100,
  height: 100,
});
const paths = (markup: string): string[] => markup.split("\n").filter((line) => line.startsWith("<path"));
const opacity = (path: string | undefined): number => Number(/opacity="([\d.]+)"/.exec(path ?? "")?.[1]);

describe("linkCurves", () => {
  it("draws every link as a curve in the colour of its sign, the strongest last and most opaque", () => {
    const { markup, drawn, all } = linkCurves(placed([0.4, -0.9]), palette);
    const [weak, strong] = paths(markup);
    expect([drawn, all, paths(markup).length]).toEqual([2, 2, 2]);
    expect(weak).toContain('d="M50 90C50 50 20 50 20 10"');
    expect(weak).not.toContain("stroke");
    expect(strong).toContain('stroke="rgb(255, 128, 0)"');
    expect(opacity(strong)).toBeGreaterThan(opacity(weak));
    expect(opacity(weak)).toBeGreaterThan(0.2);
    expect(markup).toMatch(/^<g class="links" fill="none" stroke="rgb\(0, 0, 255\)" stroke-width="1" opacity="0.52">/);
  });
  it("leaves out the weakest beyond so many, and says how many there are", () => {
    const { markup, drawn, all } = linkCurves(placed([0.4, -0.9]), palette, 1, 1);
    expect([drawn, all]).toEqual([1, 2]);
    expect(paths(markup)).toEqual([expect.stringContaining("rgb(255, 128, 0)")]);
  });
  it("recedes, and has nothing to show of no links", () => {
    expect(linkCurves(placed([0.5]), palette, 0.5).markup).toContain('opacity="0.26"');
    expect(linkCurves(placed([]), palette)).toMatchObject({ drawn: 0, all: 0 });
  });
  it("does not write what lies beyond the frame", () => {
    const { markup, drawn } = linkCurves(placed([0.5, 0.5, 0.5], [150, 120, 20, 900]), palette);
    expect(paths(markup).map((path) => /d="([^"]+)"/.exec(path)?.[1])).toEqual(["M150 90C150 50 20 50 20 10"]);
    expect(drawn).toBe(3);
  });
});
