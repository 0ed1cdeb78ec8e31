import { describe, expect, it } from "vitest";
import { askedTheme, withoutTheme, withTheme } from "./theme";

describe("the theme of an address", () => {
  it("is light or dark", () => {
    expect(["?theme=dark", "?a=1&theme=light", "?theme=system", "?theme=", ""].map(askedTheme)).toEqual(["dark", "light", null, null, null]);
  });
  it("stays while the address says other things", () => {
    expect(withTheme("?by=auto", "?theme=dark&tab=flow")).toBe("?by=auto&theme=dark");
    expect(withTheme("", "?theme=dark")).toBe("?theme=dark");
    expect(withTheme("?by=auto", "?tab=flow")).toBe("?by=auto");
  });
  it("is taken out of it, and one that there is not is left for the reader to see", () => {
    expect(["?theme=dark", "?a=1&theme=dark&b=2", "?theme=green"].map(withoutTheme)).toEqual(["", "?a=1&b=2", "?theme=green"]);
  });
});
