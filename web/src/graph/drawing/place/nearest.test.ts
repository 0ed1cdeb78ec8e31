import { quadtree } from "d3-quadtree";
import { describe, expect, it } from "vitest";
import { nearest } from "./nearest";
import { IDENTITY, View } from "./view";

/** A hundred places that are nowhere evenly spread. */
const places = Array.from({ length: 100 }, (_, at) => ({ x: (at * 37) % 101, y: (at * at * 13) % 97 }));
const tree = quadtree<number>()
  .x((node) => places[node]?.x ?? 0)
  .y((node) => places[node]?.y ?? 0)
  .addAll([...places.keys()]);

/** The same by looking at all places. */
function found(view: View, x: number, y: number, most: number): number | null {
  const distances = places.map((place) => Math.hypot(view.applyX(place.x) - x, view.applyY(place.y) - y));
  const least = Math.min(...distances);
  return least < most ? distances.indexOf(least) : null;
}

describe("nearest", () => {
  it("is the nearest on the screen, whatever the zooms of tokens and layers", () => {
    for (const view of [IDENTITY, new View(8, 1, -200, 3), new View(0.3, 5, 20, -60), new View(12, 12, -400, -300)]) {
      for (let at = 0; at < 60; at++) {
        const [x, y] = [(at * 29) % 120, (at * 17) % 110];
        const one = nearest(tree, view, { x, y }, 14);
        const other = found(view, x, y, 14);
        const distance = (node: number | null) =>
          node === null ? null : Math.hypot(view.applyX(places[node]?.x ?? 0) - x, view.applyY(places[node]?.y ?? 0) - y);
        expect(distance(one)).toBe(distance(other));
      }
    }
  });
});
