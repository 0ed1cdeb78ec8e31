import { describe, expect, it } from "vitest";
import { measureOf, type HeadValues } from "../measures";
import { axis, named, nearest, nextPoint, points, type Point } from "./points";

function values(name: string, ...numbers: number[]): HeadValues {
  const measure = measureOf(name);
  if (!measure) throw new Error(name);
  return { measure, values: new Float32Array(numbers), isWithoutFirst: false };
}

describe("an axis", () => {
  it("has all values between its ends, and ticks at round numbers", () => {
    const { at, ticks } = axis(values("entropy", 0.43, 1.29), 50, 650);
    expect(at(0.43)).toBeGreaterThanOrEqual(50);
    expect(at(1.29)).toBeLessThanOrEqual(650);
    expect(ticks.map(({ text }) => text)).toContain("0.8");
    expect(ticks[0]?.value).toBeLessThanOrEqual(0.43);
  });
  it("of a signed figure has 0", () => {
    const { at } = axis(values("attribution", 2, 3), 0, 100);
    expect(at(0)).toBe(0);
  });
  it("stands for one value, for none and for unknown ones too", () => {
    for (const of of [values("entropy", 0.5, 0.5), values("attribution", 0, 0), values("entropy", NaN, NaN), values("entropy")]) {
      const { at, ticks } = axis(of, 0, 100);
      expect(at(0.5)).not.toBeNaN();
      expect(ticks.length).toBeGreaterThan(1);
    }
    const { at } = axis(values("entropy", 0.5, 0.5), 0, 100);
    expect(at(0.5)).toBeGreaterThan(0);
    expect(at(0.5)).toBeLessThan(100);
  });
});

describe("points", () => {
  it("are those of which both figures are known", () => {
    const [across, up] = [values("entropy", 1, NaN, 2), values("attribution", 3, 4, NaN)];
    expect(points(across.values, up.values, axis(across, 0, 100), axis(up, 100, 0)).map(({ place }) => place)).toEqual([0]);
  });
  it("have names that cover no other, the chosen one's in any case", () => {
    const crowd: Point[] = Array.from({ length: 1024 }, (_, place) => ({ place, x: 300 + (place % 32), y: 200 + Math.floor(place / 32) }));
    const found = named(crowd, (place) => `L${place}`, 600, 500);
    expect(found.map(({ place }) => place)).toContain(500);
    expect(found.length).toBeLessThan(60);
    for (const a of found)
      for (const b of found) {
        const apart = a.left >= b.left + 7 * b.text.length || b.left >= a.left + 7 * a.text.length || Math.abs(a.base - b.base) >= 12;
        if (a.place < b.place && a.place !== 500 && b.place !== 500) expect(apart).toBe(true);
      }
  });
  it("at the right edge have their names on the left", () => {
    const [name] = named([{ place: 0, x: 595, y: 50 }], () => "L10H11", 600, null);
    expect(name?.left).toBeLessThan(560);
  });
});

describe("the arrow keys", () => {
  const all: Point[] = [
    { place: 0, x: 10, y: 90 },
    { place: 1, x: 50, y: 10 },
    { place: 2, x: 50, y: 10 },
    { place: 3, x: 90, y: 50 },
  ];
  it("reach every point, also those at one place", () => {
    const walk = (key: string) => {
      const seen: number[] = [];
      for (let at = nextPoint(key, null, all); at !== null; at = nextPoint(key, at, all)) seen.push(at);
      return seen;
    };
    expect(walk("ArrowRight")).toEqual([0, 1, 2, 3]);
    expect(walk("ArrowLeft")).toEqual([3, 2, 1, 0]);
    expect(walk("ArrowDown")).toEqual([1, 2, 3, 0]);
  });
  it("lead nowhere from the last point, and other keys nowhere at all", () => {
    expect([nextPoint("ArrowRight", 3, all), nextPoint("a", 0, all)]).toEqual([null, null]);
  });
  it("and the pointer find the nearest point within reach", () => {
    expect([nearest(all, 14, 88), nearest(all, 30, 50)]).toEqual([0, null]);
  });
});
