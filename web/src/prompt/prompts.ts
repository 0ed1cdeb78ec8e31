/** What is typed for prompts, as one prompt and as several. */

/** The prompts of a text, a line each; lines of white space alone are none. */
export const promptsOf = (text: string): string[] => text.split(/\r?\n/).filter((line) => line.trim() !== "");

/** The text as one prompt: lines that hold nothing are no part of its beginning and end. */
export function promptOf(text: string): string {
  const [first, ...others] = promptsOf(text);
  if (first === undefined || others.length === 0) return first ?? text;
  return text.replace(/^(?:[^\S\n]*\n)+/, "").replace(/(?:\r?\n[^\S\n]*)+$/, "");
}
