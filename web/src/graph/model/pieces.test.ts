import { describe, expect, it } from "vitest";
import { writtenTokens } from "./pieces";

const UTF8 = new TextEncoder();

/** The tokens of a tokenizer that cuts a text's bytes into slices of these lengths. */
function tokensOf(text: string, ...lengths: number[]): string[] {
  const bytes = UTF8.encode(text);
  let start = 0;
  return lengths.map((length) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start, (start += length))));
}

const texts = (prompt: string, tokens: string[]): string[] => writtenTokens(prompt, tokens).texts;
const spans = (prompt: string, tokens: string[]): [number, number, string][] =>
  writtenTokens(prompt, tokens).spans.map(({ first, last, text }) => [first, last, text]);

describe("writtenTokens", () => {
  it("leaves tokens of whole characters as they are, whatever the prompt", () => {
    const tokens = ["<bos>", "東京", " is"];
    expect(writtenTokens("something else", tokens)).toEqual({
      texts: tokens,
      spans: tokens.map((text, at) => ({ first: at, last: at, text })),
      bytes: [null, null, null],
    });
  });
  it("numbers the pieces of a character, joins them under it, and knows their bytes", () => {
    const tokens = ["<bos>", ...tokensOf("東京 is", 1, 1, 1, 3, 3)];
    expect(tokens).toEqual(["<bos>", "�", "�", "�", "京", " is"]);
    expect(texts("東京 is", tokens)).toEqual(["<bos>", "東 1/3", "東 2/3", "東 3/3", "京", " is"]);
    expect(spans("東京 is", tokens)).toEqual([
      [0, 0, "<bos>"],
      [1, 3, "東"],
      [4, 4, "京"],
      [5, 5, " is"],
    ]);
    expect(writtenTokens("東京 is", tokens).bytes).toEqual([null, "0xE6", "0x9D", "0xB1", null, null]);
  });
  it("reads pieces that are written as their bytes, which leave nothing to guess", () => {
    const tokens = ["<bos>", "<0xE6>", "<0x9D><0xB1>", "京", " <0xC3>", "<0xA9>"];
    expect(texts("東京 é", tokens)).toEqual(["<bos>", "東 1/2", "東 2/2", "京", " é 1/2", "é 2/2"]);
    expect(spans("東京 é", tokens)[1]).toEqual([1, 2, "東"]);
    expect(writtenTokens("東京 é", tokens).bytes[1]).toBe("0xE6");
    expect(texts("another text", tokens)).toEqual(tokens);
  });
  it("counts tokens, not bytes", () => {
    expect(texts("東é🙂", tokensOf("東é🙂", 2, 1, 1, 1, 3, 1))).toEqual(["東 1/2", "東 2/2", "é 1/2", "é 2/2", "🙂 1/2", "🙂 2/2"]);
  });
  it("writes a token that ends one character and begins another, under one text for both", () => {
    const tokens = tokensOf("日本!", 1, 3, 2, 1);
    expect(texts("日本!", tokens)).toEqual(["日 1/2", "日 2/2 本 1/2", "本 2/2", "!"]);
    expect(spans("日本!", tokens)).toEqual([
      [0, 2, "日本"],
      [3, 3, "!"],
    ]);
  });
  it("keeps whole characters before a piece", () => {
    expect(texts("a 東", tokensOf("a 東", 1, 2, 2))).toEqual(["a", " 東 1/2", "東 2/2"]);
  });
  it("finds the tokens of a prompt that holds its start token, or whose tokens lost their spaces", () => {
    expect(texts("<bos>a é", ["<bos>", "a", " ", "�", "�"])).toEqual(["<bos>", "a", " ", "é 1/2", "é 2/2"]);
    expect(texts("a capital é", ["<s>", "a", "capital", " ", "�", "�"]).slice(4)).toEqual(["é 1/2", "é 2/2"]);
  });
  it("writes a character that cannot be seen by its number", () => {
    expect(texts("a\u200db", tokensOf("a\u200db", 1, 1, 2, 1))).toEqual(["a", "U+200D 1/2", "U+200D 2/2", "b"]);
  });
  it("numbers by position what the prompt does not tell", () => {
    expect(texts("��", ["<bos>", "�", "�"])).toEqual(["<bos>", "�@1", "�@2"]);
    expect(texts("another text", ["�", "�"])).toEqual(["�@0", "�@1"]);
    expect(spans("another text", ["�", "�"])).toEqual([
      [0, 0, "�@0"],
      [1, 1, "�@1"],
    ]);
  });
  it("numbers by position a token whose cut is not known, and the others as usual", () => {
    // Of five tokens for two characters of three bytes, the third may end the first or begin the second.
    const written = texts("東京 é", ["�", "�", "�", "�", "�", " ", "�", "�"]);
    expect(written.slice(6)).toEqual(["é 1/2", "é 2/2"]);
    expect(written[2]).toBe("�@2");
    expect(new Set(written).size).toBe(8);
  });
  it("stands a long prompt of nothing but unknown tokens", () => {
    const text = "東".repeat(3000);
    const written = texts(text, tokensOf(text, ...Array.from({ length: 9000 }, () => 1)));
    expect(written.at(-1)).toBe("東 3/3");
    expect(texts("�".repeat(5000), Array.from({ length: 9000 }, () => "�"))[8999]).toBe("�@8999");
  });
});
