/** What was asked in this browser, the last first. */
import { askedIn, type Asked } from "../asked";

export interface Entry {
  /** The query of the address that asks it again. */
  search: string;
  title: string;
  /** What the title leaves out: the values. */
  values: string;
  /** When, as ISO 8601. */
  at: string;
  /** The rows of its answer; null: it failed. */
  rows: number | null;
}

export const MOST_ENTRIES = 50;
const KEY = "circuit-explorer-asked";

/** With an entry as the first; what was asked before is listed once. */
export const withEntry = (entries: readonly Entry[], entry: Entry): Entry[] =>
  [entry, ...entries.filter(({ search }) => search !== entry.search)].slice(0, MOST_ENTRIES);

const isEntry = (value: unknown): value is Entry => {
  if (typeof value !== "object" || value === null) return false;
  const { search, title, values, at, rows } = value as Record<string, unknown>;
  return [search, title, values, at].every((one) => typeof one === "string") && (rows === null || typeof rows === "number") && askedIn(search as string).kind !== "nothing";
};

/** The entries in a stored text; what is none of them is left out. */
export function entriesIn(text: string | null): Entry[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter(isEntry).slice(0, MOST_ENTRIES) : [];
  } catch {
    return [];
  }
}

export function storedEntries(): Entry[] {
  try {
    return entriesIn(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

export function storeEntries(entries: readonly Entry[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(entries));
  } catch {
    // Without storage, or room in it, the history lasts until the page is left.
  }
}

/** Characters of a title. */
const MOST = 160;

/** A question in a line; `title`: of the named query. */
export function titleOf(asked: Exclude<Asked, { kind: "nothing" }>, title: string | null): string {
  const text = asked.kind === "cypher" ? asked.cypher.replace(/\s+/g, " ").trim() : (title ?? asked.name);
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
}

/** The values of a question in a line: "graph 0123…, k 5". */
export const valuesText = ({ values }: Exclude<Asked, { kind: "nothing" }>): string =>
  Object.entries(values)
    .flatMap(([name, all]) => all.map((value) => `${name} ${/^[0-9a-f]{32}$/.test(value) ? value.slice(0, 8) : value}`))
    .join(", ")
    .slice(0, MOST);
