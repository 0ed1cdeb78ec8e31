/** Words, and where they are in a text. */

export const wordsOf = (text: string): string[] => [...new Set(text.toLowerCase().split(/\s+/).filter(Boolean))];

export function hasAll(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

export interface Part {
  text: string;
  isMatch: boolean;
}

/** A text in parts: those that match a word, and those between them. */
export function marked(text: string, words: readonly string[]): Part[] {
  const lower = text.toLowerCase();
  // Where small letters are of another length, places in one are not places in the other.
  if (lower.length !== text.length || words.length === 0) return [{ text, isMatch: false }];
  const isMatch = new Array<boolean>(text.length).fill(false);
  for (const word of words) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) isMatch.fill(true, at, at + word.length);
  }
  const parts: Part[] = [];
  for (let at = 0; at < text.length; at++) {
    const last = parts.at(-1);
    const matches = isMatch[at] ?? false;
    if (last?.isMatch === matches) last.text += text.charAt(at);
    else parts.push({ text: text.charAt(at), isMatch: matches });
  }
  return parts.length > 0 ? parts : [{ text, isMatch: false }];
}
