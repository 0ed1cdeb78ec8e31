import { describe, expect, it } from "vitest";
import { develop, exposure, linksBetween, rasterise, type Links } from "./density";

const links = (ink: number[]): Links => ({
  source: Uint32Array.from(ink, () => 0),
  target: Uint32Array.from(ink, () => 1),
  ink: Float32Array.from(ink),
});
const whole = { kx: 1, ky: 1, tx: 0, ty: 0 };
const sum = (plane: Float32Array): number => plane.reduce((total, each) => total + each, 0);

describe("rasterise", () => {
  it("lays down a link's ink along its length", () => {
    const { excites, inhibits } = rasterise(links([0.5]), Float32Array.of(20, 20), Float32Array.of(90, 10), whole, 40, 100);
    expect(sum(excites)).toBeCloseTo(0.5 * 80, 1);
    expect(sum(inhibits)).toBe(0);
    const middle = Array.from({ length: 20 }, (_, row) => excites[(40 + row) * 40 + 20] ?? 0);
    expect(middle.reduce((total, each) => total + each, 0) / 20).toBeCloseTo(0.5, 1);
    expect(excites[50 * 40 + 25]).toBe(0);
  });
  it("keeps inhibition apart", () => {
    const { excites, inhibits } = rasterise(links([-1]), Float32Array.of(20, 20), Float32Array.of(90, 10), whole, 40, 100);
    expect(sum(excites)).toBe(0);
    expect(sum(inhibits)).toBeCloseTo(80, 1);
  });
  it("draws only what is in view, however far in the view is", () => {
    const near = { kx: 30, ky: 30, tx: -20 * 30 + 20, ty: -50 * 30 + 50 };
    const { excites } = rasterise(links([1]), Float32Array.of(20, 20), Float32Array.of(90, 10), near, 40, 100);
    expect(sum(excites)).toBeGreaterThan(96);
    expect(sum(excites)).toBeLessThan(101);
  });
  it("leaves out what is wholly outside", () => {
    const aside = { kx: 1, ky: 1, tx: 500, ty: 0 };
    const { excites } = rasterise(links([1]), Float32Array.of(20, 20), Float32Array.of(90, 10), aside, 40, 100);
    expect(sum(excites)).toBe(0);
  });
});

describe("develop", () => {
  it("is as strong for one link as for a thousand on each other, and mixes hues", () => {
    const draw = (ink: number[]) => {
      const density = rasterise(links(ink), Float32Array.of(20, 20), Float32Array.of(90, 10), whole, 40, 100);
      const pixels = develop(density, exposure(density), [0, 0, 200], [200, 0, 0], 0.5);
      return Array.from(pixels.slice((50 * 40 + 20) * 4, (50 * 40 + 20) * 4 + 4));
    };
    const [one, many] = [draw([1]), draw(Array.from({ length: 1000 }, () => 1))];
    expect(one).toEqual(many);
    expect(one.slice(0, 3)).toEqual([0, 0, 200]);
    expect(one[3]).toBeGreaterThan(60);
    expect(one[3]).toBeLessThanOrEqual(128);
    expect(draw([1, -1]).slice(0, 3)).toEqual([100, 0, 100]);
  });
});

describe("linksBetween", () => {
  it("has the links of which both ends are drawn", () => {
    const edges = { source: [0, 0, 1], target: [1, 2, 2], weight: [1, 1, -1], share: [0.25, 0.5, 0.04] };
    const { source, target, ink } = linksBetween(edges, Uint8Array.of(0, 1, 1));
    expect([[...source], [...target], [...ink]]).toEqual([[1], [2], [expect.closeTo(-0.2)]]);
    expect(linksBetween(edges, Uint8Array.of(1, 1, 1)).source).toHaveLength(3);
  });
});
