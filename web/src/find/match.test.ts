import { describe, expect, it } from "vitest";
import { hasAll, marked, wordsOf } from "./match";

const line = (text: string, ...words: string[]): string =>
  marked(text, words)
    .map(({ text: part, isMatch }) => (isMatch ? `[${part}]` : part))
    .join("");

describe("words", () => {
  it("are what is between spaces, each once, in small letters", () => {
    expect(wordsOf("  Say  TEXAS say ")).toEqual(["say", "texas"]);
    expect(wordsOf(" ")).toEqual([]);
  });
  it("all have to occur, anywhere and whatever their case", () => {
    expect(hasAll("The capital of Texas", ["texas", "cap"])).toBe(true);
    expect(hasAll("The capital of Texas", ["texas", "austin"])).toBe(false);
    expect(hasAll("anything", [])).toBe(true);
  });
});

describe("the matching parts of a text", () => {
  it("are marked wherever a word is", () => {
    expect(line("Texas, in Texas", "texas")).toBe("[Texas], in [Texas]");
    expect(line("say Austin", "us", "say")).toBe("[say] A[us]tin");
  });
  it("are one where words touch or overlap", () => {
    expect(line("banana", "ana")).toBe("b[anana]");
    expect(line("L20 #44", "l20", " #44")).toBe("[L20 #44]");
  });
  it("are none where nothing was typed, and the text stays whole", () => {
    expect(marked("Texas", [])).toEqual([{ text: "Texas", isMatch: false }]);
    expect(marked("", ["x"])).toEqual([{ text: "", isMatch: false }]);
    expect(line("İstanbul", "s")).toBe("İstanbul");
  });
});
