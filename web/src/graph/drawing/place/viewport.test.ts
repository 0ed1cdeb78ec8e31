import { zoomIdentity } from "d3-zoom";
import { describe, expect, it } from "vitest";
import { homeView, leastZoom, revealing, scrolled, seenAt, shownIn, wholeView, within, type Extents } from "./viewport";

/** A drawing of twice its frame's width. */
const wide: Extents = { width: 600, height: 400, content: 1200, left: 50, bottom: 350 };
const fitting: Extents = { ...wide, content: 600 };

describe("views of a drawing that fits its frame", () => {
  it("are the same at home and as a whole, and have nothing to scroll", () => {
    expect(homeView(fitting).toString()).toBe(zoomIdentity.toString());
    expect(wholeView(fitting).toString()).toBe(zoomIdentity.toString());
    expect(shownIn(zoomIdentity, fitting)).toEqual({ content: 600, before: 0, width: 600, isWhole: true });
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
  it("show the whole beside the layers' axis and upon the tokens'", () => {
    const whole = wholeView(wide);
    expect(whole.k).toBe(leastZoom(wide));
    expect(whole.applyX(50)).toBeCloseTo(50);
    expect(whole.applyX(1200)).toBeCloseTo(600);
    expect(whole.applyY(350)).toBeCloseTo(350);
    const shown = shownIn(whole, wide);
    expect(shown.isWhole).toBe(true);
    expect(shown.content).toBeCloseTo(shown.width);
  });
  it("scroll while they are zoomed, by what is before them", () => {
    for (const k of [0.6, 2]) {
      const view = scrolled(homeView(wide).scale(k), 120, wide);
      expect(view.k).toBe(k);
      expect(shownIn(view, wide).before).toBeCloseTo(120);
    }
  });
  it("show nothing beyond the drawing", () => {
    expect(within(zoomIdentity.translate(40, 30), wide).toString()).toBe(zoomIdentity.toString());
    const far = within(zoomIdentity.translate(-9000, -9000).scale(2), wide);
    expect([far.x, far.y]).toEqual([600 - 2400, 400 - 800]);
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
    const view = revealing(zoomIdentity, [60, 1150], wide);
    expect(view.applyX(1150)).toBeLessThan(600);
    expect(view.applyX(60)).toBeLessThan(0);
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
