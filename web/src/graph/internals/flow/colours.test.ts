import { describe, expect, it } from "vitest";
import { coloursOf, cssColour, HATCHED, N_STRONG } from "./colours";

describe("colours of sources", () => {
  it("are strong for the strongest, in their order, and a hatch for the biases", () => {
    expect(coloursOf([0.1, -0.5, 0.2, 0.9])).toEqual([2, 0, 1, HATCHED]);
  });
  it("are shades of one, from the first token to the last, for all others", () => {
    const colours = coloursOf(Array.from({ length: 41 }, (_, source) => (source < 20 ? 0 : 1)));
    expect(new Set(colours.slice(20, 30)).size).toBe(N_STRONG);
    const shades = [...colours.slice(0, 20), ...colours.slice(30, 40)];
    expect(shades.every((colour, at) => colour >= N_STRONG && colour < HATCHED && colour >= (shades[at - 1] ?? 0))).toBe(true);
  });
  it("are the theme's", () => {
    expect(cssColour(3)).toBe("var(--source-3)");
    expect(cssColour(N_STRONG)).toContain("--source-late) 0%");
    expect(cssColour(HATCHED - 1)).toContain("--source-late) 100%");
  });
});
