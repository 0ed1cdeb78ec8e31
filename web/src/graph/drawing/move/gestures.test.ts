import { describe, expect, it } from "vitest";
import { isSideways, wheelFactor } from "./gestures";

const turn = { deltaX: 0, deltaY: 0, deltaMode: 0, shiftKey: false, ctrlKey: false };

describe("wheelFactor", () => {
  it("doubles the zoom in as many pixels whichever way they come", () => {
    expect(wheelFactor({ ...turn, deltaY: -500 })).toBeCloseTo(2);
    expect(wheelFactor({ ...turn, deltaY: 250 }) * wheelFactor({ ...turn, deltaY: 250 })).toBeCloseTo(0.5);
    expect(wheelFactor({ ...turn, deltaY: -3, deltaMode: 1 })).toBeCloseTo(wheelFactor({ ...turn, deltaY: -48 }));
  });
  it("makes more of a pinch, which is a wheel with the control key", () => {
    expect(wheelFactor({ ...turn, deltaY: -50, ctrlKey: true })).toBeCloseTo(2);
  });
});

describe("isSideways", () => {
  it("is a turn with Shift or across, but for a pinch", () => {
    expect(isSideways({ ...turn, deltaY: 9, shiftKey: true })).toBe(true);
    expect(isSideways({ ...turn, deltaX: -9, deltaY: 3 })).toBe(true);
    expect(isSideways({ ...turn, deltaX: 3, deltaY: 9 })).toBe(false);
    expect(isSideways({ ...turn, deltaX: 9, ctrlKey: true })).toBe(false);
  });
});
