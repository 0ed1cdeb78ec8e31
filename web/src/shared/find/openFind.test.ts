import { describe, expect, it } from "vitest";
import { isFindKey } from "./openFind";

const press = (key: string, ...held: string[]): KeyboardEvent =>
  ({ key, ctrlKey: held.includes("ctrl"), metaKey: held.includes("meta"), altKey: held.includes("alt"), shiftKey: held.includes("shift") }) as KeyboardEvent;

describe("the key of the search", () => {
  it("is K with the key that commands have on this machine", () => {
    expect([isFindKey(press("k", "ctrl"), false), isFindKey(press("K", "ctrl"), false)]).toEqual([true, true]);
    expect(isFindKey(press("k", "meta"), true)).toBe(true);
  });
  it("is none that does something else", () => {
    expect(isFindKey(press("k", "ctrl"), true)).toBe(false); // deletes to the end of the line
    expect([press("k"), press("k", "meta"), press("k", "ctrl", "alt"), press("k", "ctrl", "shift"), press("j", "ctrl")].some((one) => isFindKey(one, false))).toBe(false);
  });
});
