/** The $names of a query, and their values: JSON, or else text, as the command line reads them. */
import type { Values } from "../asked";

/** What is no code: strings, names in backticks, comments. */
const ASIDE = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** A query with spaces in place of strings, backticked names and comments: every character keeps its place. */
export const codeOf = (cypher: string): string => cypher.replace(ASIDE, (text) => text.replace(/[^\n]/g, " "));

/** Whether what follows a text is no code: a string or comment in it has no end yet. */
export function isAside(before: string): boolean {
  const last = [...before.matchAll(ASIDE)].at(-1);
  if (last?.[0].startsWith("//") && last.index + last[0].length === before.length) return true;
  return /['"]|\/\*/.test(codeOf(before));
}

/** The names of its parameters in the order in which they first come. */
export const namesIn = (cypher: string): string[] => [...new Set([...codeOf(cypher).matchAll(/\$([\p{L}_][\p{L}\p{N}_]*)/gu)].map((found) => found[1] ?? ""))];

export function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The text that is read as a value. */
export function textOf(value: unknown): string {
  return typeof value === "string" && valueOf(value) === value ? value : JSON.stringify(value);
}

/** The values of a query's names, and no others; null: one has none. */
export function valuesFor(cypher: string, values: Values): Record<string, unknown> | null {
  const found: Record<string, unknown> = {};
  for (const name of namesIn(cypher)) {
    const text = values[name]?.[0] ?? "";
    if (text === "") return null;
    found[name] = valueOf(text);
  }
  return found;
}

/** Those of the values that a query has names for. */
export const keptFor = (cypher: string, values: Values): Values =>
  Object.fromEntries(namesIn(cypher).flatMap((name) => (values[name]?.[0] ? [[name, [values[name][0]]] as const] : [])));
