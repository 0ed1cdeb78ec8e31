/**
 * The pieces of characters. A tokenizer of bytes may spell one character with several tokens. Graphs that are traced
 * here write such a token as its bytes ("<0xE6>"), others as "�"; the prompt's text says which character they stand for.
 *
 * 1. The prompt's bytes are cut into a slice for each token that decodes to the token. A cut is known if every way
 *    of cutting has it.
 * 2. A token between two known cuts is written as what its slice holds: whole characters, and pieces as "東 1/3".
 * 3. What stays unknown is told apart by its position: "�@12".
 */

export const UNKNOWN = "�";
const BYTE = /<0x([0-9A-F]{2})>/;

/** Whether a token holds a piece of a character. */
export const isPiece = (token: string): boolean => token.includes(UNKNOWN) || BYTE.test(token);

/** One text for a run of positions: a token's own, or the characters that several tokens spell together. */
export interface TokenSpan {
  first: number;
  last: number;
  text: string;
}

export interface WrittenTokens {
  /** Every position's token, told from the others where it holds a piece of a character. */
  texts: string[];
  /** Every position is in one of them; in their order. */
  spans: TokenSpan[];
  /** The bytes of a token that holds a piece, as "0xE6", where they are known. */
  bytes: (string | null)[];
}

interface Slice {
  start: number;
  end: number;
}

interface Character extends Slice {
  text: string;
  /** The positions of the tokens that hold its bytes; empty where not all of them are known. */
  holders: number[];
}

/** A prompt that can be cut in more ways than this at one place stays unknown. */
const MOST_WAYS = 256;
/** "�" stands for a piece of at most 3 bytes, or is a character of 3 bytes itself. */
const LONGEST_UNKNOWN = 3;

/** Whether a token is one such as "<bos>", which the prompt need not hold. */
export const isStart = (token: string): boolean => /^<[^<>\s]+>$/.test(token) && !BYTE.test(token);

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export function writtenTokens(prompt: string, tokens: readonly string[]): WrittenTokens {
  if (!tokens.some(isPiece)) {
    return {
      texts: [...tokens],
      spans: tokens.map((text, at) => ({ first: at, last: at, text })),
      bytes: tokens.map(() => null),
    };
  }
  const whole = encoder.encode(prompt);
  const slices = slicesOf(whole, tokens);
  const characters = charactersOf(prompt, slices);
  const texts = tokens.map((token, at) => {
    if (!isPiece(token)) return token;
    const text = pieces(at, characters);
    if (text !== "" && !text.includes(UNKNOWN)) return text;
    return token.includes(UNKNOWN) ? `${token}@${at}` : token;
  });
  const bytes = tokens.map((token, at) => {
    const slice = slices[at];
    return slice && isPiece(token) ? hexadecimal(whole.subarray(slice.start, slice.end)) : null;
  });
  return { texts, spans: spansOf(texts, characters), bytes };
}

/** What a token holds of the characters: "東", "東 1/3", "東 3/3 京 1/3"; empty where that is not known. */
function pieces(at: number, characters: readonly Character[]): string {
  const parts: string[] = [];
  for (const { text, holders } of characters) {
    const place = holders.indexOf(at);
    if (place < 0) continue;
    if (holders.length === 1) parts.push(text);
    else parts.push(`${/\/\d+$/.test(parts.at(-1) ?? "") ? " " : ""}${visible(text)} ${place + 1}/${holders.length}`);
  }
  return parts.join("");
}

/** Tokens that share a character stand under one text. */
function spansOf(texts: readonly string[], characters: readonly Character[]): TokenSpan[] {
  const shared: TokenSpan[] = [];
  for (const { text, holders } of characters) {
    const [first, ...others] = holders;
    const last = others.at(-1);
    if (first === undefined || last === undefined || text === UNKNOWN) continue;
    const before = shared.at(-1);
    if (before && first <= before.last) {
      before.text += visible(text);
      before.last = last;
    } else {
      shared.push({ first, last, text: visible(text) });
    }
  }
  const spans: TokenSpan[] = [];
  const byFirst = new Map(shared.map((span) => [span.first, span]));
  for (let at = 0; at < texts.length; at++) {
    const span = byFirst.get(at) ?? { first: at, last: at, text: texts[at] ?? "" };
    spans.push(span);
    at = span.last;
  }
  return spans;
}

function charactersOf(prompt: string, slices: readonly (Slice | null)[]): Character[] {
  let end = 0;
  let token = 0;
  return Array.from(prompt, (text) => {
    const start = end;
    end += encoder.encode(text).length;
    const holders: number[] = [];
    let held = 0;
    // The tokens before this one end before the character does.
    while (token < slices.length && (slices[token]?.end ?? -1) <= start) token++;
    for (let at = token; at < slices.length; at++) {
      const slice = slices[at];
      if (!slice) continue;
      if (slice.start >= end) break;
      const shared = Math.min(end, slice.end) - Math.max(start, slice.start);
      if (shared <= 0) continue;
      holders.push(at);
      held += shared;
    }
    return { text, start, end, holders: held === end - start ? holders : [] };
  });
}

/** The bytes of the prompt that each token stands for; null where they are not known. */
function slicesOf(bytes: Uint8Array, tokens: readonly string[]): (Slice | null)[] {
  const ways: Set<number>[] = [new Set([0])];
  let least = tokens.reduce((sum, token) => sum + leastBytes(token), 0);
  for (const [at, token] of tokens.entries()) {
    least -= leastBytes(token);
    const next = new Set<number>();
    for (const start of ways[at] ?? []) {
      for (const end of endsOf(bytes, start, token)) if (bytes.length - end >= least) next.add(end);
    }
    if (next.size === 0 || next.size > MOST_WAYS) return tokens.map(() => null);
    ways.push(next);
  }
  // Of the ways to begin, those stay that lead to the end.
  ways[tokens.length] = new Set([bytes.length].filter((end) => ways[tokens.length]?.has(end)));
  for (let at = tokens.length - 1; at >= 0; at--) {
    const leads = [...(ways[at] ?? [])].filter((start) =>
      endsOf(bytes, start, tokens[at] ?? "").some((end) => ways[at + 1]?.has(end)),
    );
    ways[at] = new Set(leads);
  }
  return tokens.map((token, at) => {
    const [start, ...starts] = ways[at] ?? [];
    const [end, ...ends] = ways[at + 1] ?? [];
    if (start === undefined || end === undefined || starts.length > 0 || ends.length > 0) return null;
    return { start: token.includes(UNKNOWN) ? start : Math.max(start, end - encoded(token).length), end };
  });
}

/** Where a token that begins at `start` may end. */
function endsOf(bytes: Uint8Array, start: number, token: string): number[] {
  if (token.includes(UNKNOWN)) {
    const most = Math.min(bytes.length, start + LONGEST_UNKNOWN * encoder.encode(token).length);
    const ends: number[] = [];
    for (let end = start + 1; end <= most; end++) {
      if (decoder.decode(bytes.subarray(start, end)) === token) ends.push(end);
    }
    return ends;
  }
  const own = encoded(token);
  if (begins(bytes, start, own)) return [start + own.length];
  // Some tokenizers do not tell the space before a word.
  if (bytes[start] === 0x20 && begins(bytes, start + 1, own)) return [start + 1 + own.length];
  return isStart(token) ? [start] : [];
}

/** The bytes of a token without "�". */
function encoded(token: string): Uint8Array {
  // Every second part is the two digits of a byte.
  const parts = token.split(BYTE);
  return Uint8Array.from(parts.flatMap((part, at) => (at % 2 ? [parseInt(part, 16)] : Array.from(encoder.encode(part)))));
}

/** The fewest bytes that a token stands for. */
function leastBytes(token: string): number {
  if (isStart(token)) return 0;
  return token.includes(UNKNOWN) ? Array.from(token).length : encoded(token).length;
}

const begins = (bytes: Uint8Array, start: number, own: Uint8Array): boolean =>
  own.every((byte, at) => bytes[start + at] === byte);

/** A character as it stands; by its number where it would not be seen. */
const visible = (text: string): string =>
  /[\p{C}\p{M}\p{Z}]/u.test(text)
    ? `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
    : text;

const hexadecimal = (bytes: Uint8Array): string =>
  `0x${Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("")}`;
