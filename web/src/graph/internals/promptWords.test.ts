import { describe, expect, it } from "vitest";
import { writtenTokens } from "../model/pieces";
import type { GraphModel } from "../model/model";
import { wordName, wordsOf } from "./promptWords";

const words = (prompt: string, tokens: string[]): string[] =>
  wordsOf({ record: { prompt, tokens } as GraphModel["record"], tokenSpans: writtenTokens(prompt, tokens).spans }).map(wordName);

describe("words of a prompt", () => {
  it("are tokens with letters on both sides of a border without a space", () => {
    expect(words("In Tallahassee, 2024", ["<bos>", "In", " Tall", "aha", "ssee", ",", " 20", "24"])).toEqual([
      "<bos> (0)",
      "In (1)",
      " Tallahassee (2–4)",
      ", (5)",
      " 2024 (6–7)",
    ]);
  });
  it("are told by the prompt where tokens do not tell their spaces", () => {
    expect(words("the states men", ["the", "state", "s", "men"])).toEqual(["the (0)", "states (1–2)", "men (3)"]);
  });
  it("do not go on across marks, nor in scripts without spaces", () => {
    expect(words("a don't 東京", ["a", " don", "'", "t", " 東", "京"])).toEqual(["a (0)", " don (1)", "' (2)", "t (3)", " 東 (4)", "京 (5)"]);
  });
  it("have the characters that several tokens spell together", () => {
    expect(words("é!", ["<0xC3>", "<0xA9>", "!"])).toEqual(["é (0–1)", "! (2)"]);
  });
});
