import { describe, expect, it } from "vitest";
import { IDENTITY, View } from "./view";
import {
  filledBy,
  homeView,
  leastZoom,
  revealing,
  sameShown,
  scrolled,
  seenAt,
  shownIn,
  wholeView,
  within,
  zoomed,
  type Extents,
} from "./viewport";

/** A drawing of twice its frame's width. */
const wide: Extents = { width: 600, height: 400, content: 1200, left: 50, bottom: 350 };
const fitting: Extents = { ...wide, content: 600 };

const numbers = ({ kx, ky, x, y }: View): number[] => [kx, ky, x, y];

describe("views of a drawing that fits its frame", () => {
  it("are the same at home and as a whole, and have nothing to scroll", () => {
    expect(numbers(homeView(fitting))).toEqual([1, 1, 0, 0]);
    expect(numbers(wholeView(fitting))).toEqual([1, 1, 0, 0]);
    expect(shownIn(IDENTITY, fitting)).toEqual({ content: 600, before: 0, width: 600, isWhole: true });
  });
});

describe("views of a drawing wider than its frame", () => {
  it("begin at home, which shows the end", () => {
    expect(homeView(wide).applyX(1200)).toBe(600);
    expect(shownIn(homeView(wide), wide)).toEqual({ content: 1200, before: 600, width: 600, isWhole: false });
  });
  it("scroll from the first token to the last, and no further", () => {
    expect(scrolled(homeView(wide), 250, wide).x).toBe(-250);
    expect(scrolled(homeView(wide), -80, wide).x).toBeCloseTo(0);
    expect(scrolled(homeView(wide), 9000, wide).x).toBe(-600);
  });
  it("show the whole beside the layers' axis, all of the frame high", () => {
    const whole = wholeView(wide);
    expect(whole.kx).toBe(leastZoom(wide));
    expect(whole.applyX(50)).toBeCloseTo(50);
    expect(whole.applyX(1200)).toBeCloseTo(600);
    expect([whole.applyY(0), whole.applyY(350)]).toEqual([0, 350]);
    const shown = shownIn(whole, wide);
    expect(shown.isWhole).toBe(true);
    expect(shown.content).toBeCloseTo(shown.width);
  });
  it("scroll while they are zoomed, by what is before them", () => {
    for (const k of [0.6, 2]) {
      const view = scrolled(new View(k, 1.5, 0, 0), 120, wide);
      expect([view.kx, view.ky]).toEqual([k, 1.5]);
      expect(shownIn(view, wide).before).toBeCloseTo(120);
    }
  });
  it("show nothing beyond the drawing", () => {
    expect(numbers(within(IDENTITY.moved(40, 30), wide))).toEqual([1, 1, 0, 0]);
    const far = within(new View(2, 3, -9000, -9000), wide);
    expect([far.x, far.y]).toEqual([600 - 2400, 400 - 1200]);
  });
});

describe("zoomed", () => {
  const at = { x: 200, y: 100 };
  it("leaves what is under the pointer where it is", () => {
    const before = new View(2, 3, -300, -250);
    const after = zoomed(before, 1.5, "both", at, fitting);
    expect([after.kx, after.ky]).toEqual([3, 4.5]);
    expect(after.applyX(before.invertX(at.x))).toBeCloseTo(at.x);
    expect(after.applyY(before.invertY(at.y))).toBeCloseTo(at.y);
  });
  it("zooms tokens and layers apart", () => {
    const before = new View(2, 3, -300, -250);
    const tokens = zoomed(before, 2, "tokens", at, fitting);
    expect([tokens.kx, tokens.ky, tokens.y]).toEqual([4, 3, -250]);
    const layers = zoomed(before, 2, "layers", at, fitting);
    expect([layers.kx, layers.ky, layers.x]).toEqual([2, 6, -300]);
  });
  it("stops at the whole, each axis at its own", () => {
    const far = zoomed(new View(2, 1.5, -300, -20), 0.01, "both", at, wide);
    expect(numbers(far)).toEqual(numbers(wholeView(wide)).map((each) => expect.closeTo(each) as number));
  });
  it("gives marks the room of the lesser zoom", () => {
    expect([new View(4, 1, 0, 0).k, new View(0.5, 8, 0, 0).k]).toEqual([1, 0.5]);
  });
});

describe("filledBy", () => {
  it("shows all the places, as large as the frame allows", () => {
    const places = [
      { x: 400, y: 100 },
      { x: 700, y: 160 },
    ];
    const view = filledBy(places, wide);
    for (const { x, y } of places) expect(seenAt({ x: view.applyX(x), y: view.applyY(y) }, wide).beyond).toBeNull();
    expect(view.applyX(700) - view.applyX(400)).toBeCloseTo(600 - 50 - 96);
    expect(view.ky).toBe(4);
  });
  it("brings a single place near, and not to its end", () => {
    const view = filledBy([{ x: 600, y: 200 }], wide);
    expect([view.kx, view.ky]).toEqual([4, 4]);
    expect(view.applyX(600)).toBeCloseTo((50 + 600) / 2);
  });
});

describe("revealing", () => {
  it("leaves a view that has all the places", () => {
    const home = homeView(wide);
    expect(revealing(home, [700, 1150], wide)).toBe(home);
    expect(revealing(home, [], wide)).toBe(home);
  });
  it("scrolls as little as shows them all", () => {
    const view = revealing(homeView(wide), [500, 900], wide);
    expect(view.applyX(500)).toBeGreaterThan(50);
    expect(view.applyX(500)).toBeLessThan(150);
    expect(view.applyX(900)).toBeLessThan(600);
  });
  it("shows the last of places that do not fit side by side", () => {
    const view = revealing(IDENTITY, [60, 1150], wide);
    expect(view.applyX(1150)).toBeLessThan(600);
    expect(view.applyX(60)).toBeLessThan(0);
  });
});

describe("sameShown", () => {
  it("tells views apart that a scroll bar shows apart, and no others", () => {
    const at = (view: View, extents: Extents) => shownIn(view, extents);
    expect(sameShown(at(homeView(wide), wide), at(IDENTITY, wide))).toBe(false);
    expect(sameShown(at(homeView(wide), wide), at(homeView(wide), wide))).toBe(true);
    expect(sameShown(at(IDENTITY, fitting), at(new View(1, 2, 0, -50), fitting))).toBe(false);
    expect(sameShown(at(new View(1, 2, 0, -50), fitting), at(new View(1, 3, 0, -90), fitting))).toBe(true);
  });
});

describe("seenAt", () => {
  it("is a place itself where it is in the frame", () => {
    expect(seenAt({ x: 300, y: 200 }, wide)).toEqual({ x: 300, y: 200, beyond: null });
  });
  it("is at the edge towards a place beyond the frame, and inside it", () => {
    for (const [x, y, beyond] of [
      [-500, 200, "left"],
      [900, 200, "right"],
      [300, -40, "top"],
      [300, 380, "bottom"],
    ] as const) {
      const seen = seenAt({ x, y }, wide);
      expect(seen.beyond).toBe(beyond);
      expect(seen.x).toBeGreaterThan(wide.left);
      expect(seen.x).toBeLessThan(wide.width);
      expect(seen.y).toBeGreaterThan(0);
      expect(seen.y).toBeLessThan(wide.bottom);
    }
  });
});
