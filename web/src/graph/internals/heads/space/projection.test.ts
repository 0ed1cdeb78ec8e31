import { describe, expect, it } from "vitest";
import { depthOrder, FIRST_VIEW, hit, projector, rotation, spread, turned, zoomed, type Place, type View } from "./projection";

const dot = (a: Place, b: Place): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const view = (yaw: number, pitch: number, zoom = 1): View => ({ yaw, pitch, zoom });

describe("a rotation", () => {
  it("keeps lengths and angles, and does not mirror", () => {
    for (const [yaw, pitch] of [[0, 0], [1, 0.4], [-2.5, -1.2], [6, 1.5]] as const) {
      const [right, up, towards] = rotation({ yaw, pitch });
      for (const row of [right, up, towards]) expect(dot(row, row)).toBeCloseTo(1, 12);
      expect([dot(right, up), dot(up, towards), dot(right, towards)].map((value) => Math.abs(value) < 1e-12)).toEqual([true, true, true]);
      const cross: Place = [right[1] * up[2] - right[2] * up[1], right[2] * up[0] - right[0] * up[2], right[0] * up[1] - right[1] * up[0]];
      expect(dot(cross, towards)).toBeCloseTo(1, 12);
    }
  });
});

describe("a projection", () => {
  it("has the middle of the space in the middle of the picture", () => {
    expect(projector(view(1, 0.5, 3), 600, 400)([0, 0, 0])).toEqual({ x: 300, y: 200, depth: 0, size: 1 });
  });
  it("untouched has layers to the right, figures up, and the first heads nearer", () => {
    const project = projector(view(0, 0), 600, 400);
    expect(project([1, 0, 0]).x).toBeGreaterThan(300);
    expect(project([0, 0, 1]).y).toBeLessThan(200);
    expect(project([0, -1, 0]).depth).toBeGreaterThan(project([0, 1, 0]).depth);
    expect(project([0, -1, 0]).size).toBeGreaterThan(1);
  });
  it("tipped towards the reader is seen from above", () => {
    const project = projector(view(0, Math.PI / 2), 600, 400);
    expect(project([0, 0, 1]).x).toBeCloseTo(300, 9);
    expect(project([0, 1, 0]).y).toBeLessThan(200);
  });
  it("has all of the space within the picture as it is first seen", () => {
    for (const [width, height] of [[358, 300], [670, 430], [900, 560]] as const) {
      const project = projector(FIRST_VIEW, width, height);
      for (const x of [-1, 1]) for (const y of [-1, 1]) for (const z of [-0.75, 0.75]) {
        const seen = project([x, y, z]);
        expect(seen.x).toBeGreaterThan(0);
        expect(seen.x).toBeLessThan(width);
        expect(seen.y).toBeGreaterThan(0);
        expect(seen.y).toBeLessThan(height);
      }
    }
  });
});

describe("the order of drawing", () => {
  it("has the farthest first, whichever way the space is turned", () => {
    const places: Place[] = Array.from({ length: 1024 }, (_, at) => [spread(at % 32, 32), spread(Math.floor(at / 32), 32), Math.sin(at)]);
    for (const yaw of [0, 1, 2, 3, 4, 5]) {
      const seen = places.map(projector(view(yaw, 0.4), 600, 400));
      const order = depthOrder(seen);
      expect(new Set(order).size).toBe(places.length);
      for (let at = 1; at < order.length; at++) expect(seen[order[at] ?? 0]?.depth ?? NaN).toBeGreaterThanOrEqual(seen[order[at - 1] ?? 0]?.depth ?? NaN);
    }
  });
});

describe("what is at a pixel", () => {
  const seen = [
    { x: 100, y: 100, depth: -1, size: 1 },
    { x: 100.5, y: 100, depth: 1, size: 1 },
    { x: 130, y: 100, depth: 2, size: 1 },
  ];
  it("is the nearest one, and of two at one place the one that covers the other", () => {
    expect([hit(seen, 100, 100), hit(seen, 127, 100), hit(seen, 115, 140)]).toEqual([1, 2, null]);
  });
});

describe("turning", () => {
  it("to the right moves what is near to the right, and downwards moves it down", () => {
    const near: Place = [0, -1, 0];
    const before = projector(view(0, 0.3), 600, 400)(near);
    expect(projector(turned(view(0, 0.3), 20, 0), 600, 400)(near).x).toBeGreaterThan(before.x);
    expect(projector(turned(view(0, 0.3), 0, 20), 600, 400)(near).y).toBeGreaterThan(before.y);
  });
  it("never goes over the top, and zooming stays within bounds", () => {
    expect(turned(view(0, 1.5), 0, 1e6).pitch).toBe(Math.PI / 2);
    expect([zoomed(view(0, 0), 1e9).zoom, zoomed(view(0, 0), 1e-9).zoom]).toEqual([8, 0.5]);
  });
});

describe("a spread", () => {
  it("is from -1 to 1, and one alone is in the middle", () => {
    expect([spread(0, 4), spread(3, 4), spread(0, 1)]).toEqual([-1, 1, 0]);
  });
});
