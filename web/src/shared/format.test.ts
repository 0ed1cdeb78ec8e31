import { describe, expect, it } from "vitest";
import { about, ago, counted, middleCut, percent, quantity, score, seconds, setting, timeLeft, tokenWriter } from "./format";

describe("percent", () => {
  it("keeps one digit and never turns a small share into zero", () => {
    expect(percent(0.3322)).toBe("33.2 %");
    expect(percent(0)).toBe("0.0 %");
    expect(percent(0.00001)).toBe("< 0.1 %");
    expect(percent(0.983, 0)).toBe("98 %");
  });
  it("says that a share is not known", () => {
    expect(percent(null)).toBe("–");
    expect(percent(Number.NaN)).toBe("–");
  });
});

describe("numbers", () => {
  it("writes scores, counts, quantities and durations", () => {
    expect(score(0.7123)).toBe("0.71");
    expect(score(undefined)).toBe("–");
    expect(counted(1, "path")).toBe("1 path");
    expect(counted(60000, "link")).toBe("60,000 links");
    expect([0.98, 7500, 1 / 3].map(setting)).toEqual(["0.98", "7,500", "0.333333"]);
    expect(quantity(41.23)).toBe("41.2");
    expect(quantity(0.012345)).toBe("0.0123");
    expect(quantity(0.0000012)).toBe("1.20e−6");
    expect(quantity(-0.859)).toBe("−0.859");
    expect(quantity(0)).toBe("0");
    expect(seconds(0.314)).toBe("0.31 s");
    expect(seconds(125)).toBe("2 min 5 s");
  });
  it("says how long ago", () => {
    const now = Date.parse("2026-03-12T12:00:00Z");
    expect(ago("2026-03-12T11:59:40Z", now)).toBe("just now");
    expect(ago("2026-03-12T11:15:00Z", now)).toBe("45 min ago");
    expect(ago("2026-03-12T07:00:00Z", now)).toBe("5 h ago");
    expect(ago("2026-03-11T07:00:00Z", now)).toBe("yesterday");
  });
});

describe("tokenWriter", () => {
  it("drops the leading space where nothing depends on it", () => {
    const write = tokenWriter(["The", " capital", " of", "<bos>"]);
    expect(write(" capital")).toBe("capital");
    expect(write("The")).toBe("The");
    expect(write("<bos>")).toBe("‹bos›");
    expect(write("<|endoftext|>")).toBe("‹endoftext›");
  });
  it("shows the space that tells two tokens apart", () => {
    const write = tokenWriter([' "', '"', " small"]);
    expect(write(' "')).toBe('␣"');
    expect(write('"')).toBe('"');
    expect(write(" small")).toBe("small");
  });
  it("shows tokens that are nothing but white space", () => {
    const write = tokenWriter([" ", "\n\n", "a\n"]);
    expect(write(" ")).toBe("␣");
    expect(write("\n\n")).toBe("↵↵");
    expect(write("a\n")).toBe("a↵");
  });
});

describe("middleCut", () => {
  it("leaves words out of the middle of a long text", () => {
    expect(middleCut("The capital of Texas is", 40)).toBe("The capital of Texas is");
    expect(middleCut("Fact: the capital of the state containing Dallas is", 40)).toBe("Fact: the capital … Dallas is");
    expect(middleCut("a".repeat(50), 20)).toBe(`${"a".repeat(9)} … ${"a".repeat(9)}`);
  });
});

describe("about", () => {
  it("counts seconds, then minutes, then hours", () => {
    expect([0.2, 7.6, 89, 150, 5300, 7300, null].map(about)).toEqual([
      "about 1 s",
      "about 8 s",
      "about 89 s",
      "about 3 minutes",
      "about 88 minutes",
      "about 2 hours",
      "",
    ]);
  });
  it("says what is left, where that is known", () => {
    expect([20.4, 0, null, undefined].map(timeLeft)).toEqual(["about 20 s left", "about 1 s left", "", ""]);
  });
});
