/** The prompt's words: tokens that are pieces of one word, taken together. */
import type { GraphModel } from "../model/model";
import type { TokenSpan } from "../model/pieces";

/** What a word is spelt with. Scripts that are written without spaces have no words that could be seen in their tokens. */
const SPELLS = /^(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{M}\p{N}]$/u;

/** Every position is in one of them, in the prompt's order; a token that is no piece of a word is one by itself. */
export function wordsOf({ record: { prompt, tokens }, tokenSpans }: Pick<GraphModel, "record" | "tokenSpans">): TokenSpan[] {
  const spaced = spacesBefore(prompt, tokens);
  const words: TokenSpan[] = [];
  for (const span of tokenSpans) {
    const before = words.at(-1);
    if (before && !spaced[span.first] && isOneWord(tokens[before.last] ?? "", tokens[span.first] ?? "")) {
      before.last = span.last;
      before.text += span.text;
    } else {
      words.push({ ...span });
    }
  }
  return words;
}

/** Whether a word goes on from one token to the next: a letter or digit stands on both sides of their border. */
const isOneWord = (one: string, next: string): boolean => SPELLS.test(Array.from(one).at(-1) ?? "") && SPELLS.test(Array.from(next)[0] ?? "");

/** For each token, whether white space stands before it. Where no token tells, the prompt does. */
function spacesBefore(prompt: string, tokens: readonly string[]): boolean[] {
  if (tokens.some((token) => /^\s\S/.test(token))) return tokens.map((token) => /^\s/.test(token));
  let end = 0;
  return tokens.map((token) => {
    const at = token === "" ? -1 : prompt.indexOf(token, end);
    if (at < 0) return true;
    const spaced = /\s/.test(prompt.slice(end, at));
    end = at + token.length;
    return spaced;
  });
}

/** A word with its place, so that equal words are told apart: "the (6)", "Tallahassee (9–11)". */
export const wordName = ({ first, last, text }: TokenSpan): string => `${text} (${first === last ? first : `${first}–${last}`})`;
