/** The Cypher that reads the paths of an answer from the database. */
import type { PathsAnswer } from "../../../api/types";

/** The named query that does. */
export const LINKS_OF_PATHS = "links-of-paths";

/** Characters of a statement that the server runs. */
const MOST_CHARACTERS = 90_000;

/** The single paths of answers, each as the keys of its nodes: those listed, or the strongest of each group. */
export function pathsOf(answers: readonly PathsAnswer[]): string[] {
  const paths = answers.flatMap((answer) => answer.paths ?? answer.groups?.flatMap((group) => group.best_members) ?? []);
  return paths.map(({ nodes }) => nodes.map(({ id }) => id).join(" "));
}

/** A path towards the other logit, where the target is the difference of two. */
export const towards = (path: string, target: string): string => [...path.split(" ").slice(0, -1), target].join(" ");

type Value = string | number | readonly string[];

const text = (value: string): string => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

const literal = (value: Value): string =>
  typeof value === "number" ? String(value) : typeof value === "string" ? text(value) : `[${value.map(text).join(", ")}]`;

/** A statement with values in place of its parameters, ready to be pasted. */
export const withValues = (statement: string, values: Readonly<Record<string, Value>>): string =>
  statement.replace(/\$(\w+)/g, (name, parameter: string) => (parameter in values ? literal(values[parameter] ?? "") : name));

export interface Statement {
  text: string;
  /** How many of the paths it reads. */
  read: number;
}

/** The statement for as many of the paths, from the first on, as fit into one that the server runs. */
export function statementFor(cypher: string, graph: string, paths: readonly string[]): Statement {
  const made = (read: number): Statement => ({ read, text: withValues(cypher, { graph, paths: paths.slice(0, read), k: 10_000 }) });
  let read = paths.length;
  while (read > 1 && made(read).text.length > MOST_CHARACTERS) read = Math.floor(read * 0.8);
  return made(read);
}
