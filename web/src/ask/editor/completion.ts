/** What may come next in a query: labels, types of relationships, properties of what a name stands for, parameters, words. */
import type { CypherSchema } from "../../api/types";
import { codeOf, isAside, namesIn } from "./parameters";

export interface Option {
  label: string;
  kind: "label" | "type" | "property" | "parameter" | "variable" | "word" | "function";
  /** What it is of, or leads between. */
  detail?: string;
  /** What is written, where it is other than the label. */
  written?: string;
}

export interface Completion {
  /** Where the word begins that an option takes the place of. */
  from: number;
  options: Option[];
}

const WORDS = `MATCH OPTIONAL WHERE RETURN WITH ORDER BY LIMIT SKIP UNWIND UNION ALL DISTINCT AS AND OR NOT XOR IN IS NULL CONTAINS STARTS ENDS
  CASE WHEN THEN ELSE END DESC ASC EXISTS COUNT TRUE FALSE`.split(/\s+/);

const FUNCTIONS: Record<CypherSchema["engine"], string> = {
  ladybug: `abs avg coalesce collect count id label length list_contains list_product list_sort list_sum list_to_string list_transform lower max min nodes
    properties range rels round size string string_split sum toLower upper`,
  neo4j: `abs all any avg coalesce collect count elementId head keys labels last length max min nodes properties range reduce relationships round size split
    sum toLower toString toUpper type`,
};

/** Words that an engine reads as its own, so that a property of this name stands in backticks. */
const QUOTED = new Set(["index"]);
const writtenName = (name: string): { written: string } | object => (QUOTED.has(name) ? { written: `\`${name}\`` } : {});

const propertiesOf = (schema: CypherSchema, names: readonly string[]): Option[] => {
  const chosen = [...schema.labels, ...schema.relationships].filter(({ name }) => names.includes(name));
  const of = new Map<string, string[]>();
  for (const table of chosen) for (const { name } of table.properties) of.set(name, [...(of.get(name) ?? []), table.name]);
  return [...of].map(([label, tables]) => ({
    label,
    kind: "property",
    detail: tables.length > 2 ? `of ${tables.length} labels` : tables.join(", "),
    ...writtenName(label),
  }));
};

const ALL = (schema: CypherSchema): string[] => [...schema.labels, ...schema.relationships].map(({ name }) => name);

/** What the names of a query stand for: `(g:AttributionGraph)`, `[e:DIRECT_EFFECT]`, by their labels or types. */
export function boundIn(cypher: string): Map<string, string[]> {
  const bound = new Map<string, string[]>();
  for (const [, name = "", said = ""] of codeOf(cypher).matchAll(/[([]\s*([\p{L}_][\p{L}\p{N}_]*)\s*:\s*([\p{L}\p{N}_|:\s]+)/gu)) {
    const tables = said.split(/[|:\s]+/).filter(Boolean);
    bound.set(name, [...new Set([...(bound.get(name) ?? []), ...tables])]);
  }
  return bound;
}

/** The bracket that is open at the end of a text, and what stands in it so far. */
function openAt(code: string): { bracket: string; inside: string; around: string } | null {
  const open: number[] = [];
  for (let at = 0; at < code.length; at++) {
    const sign = code[at] ?? "";
    if ("([{".includes(sign)) open.push(at);
    else if (")]}".includes(sign)) open.pop();
  }
  const at = open.at(-1);
  if (at === undefined) return null;
  const outer = open.at(-2);
  return { bracket: code[at] ?? "", inside: code.slice(at + 1), around: outer === undefined ? "" : code.slice(outer + 1, at) };
}

const endsOf = ({ ends }: CypherSchema["relationships"][number]): string => {
  const [first] = ends;
  return first ? `${first.source} → ${first.target}${ends.length > 1 ? ` and ${ends.length - 1} more` : ""}` : "";
};

/** `isAsked`: somebody asks for it, so that words come without a letter too. Null: nothing fits here. */
export function completionAt(cypher: string, at: number, schema: CypherSchema, isAsked: boolean): Completion | null {
  if (isAside(cypher.slice(0, at))) return null;
  const before = codeOf(cypher.slice(0, at));
  const word = /`?[\p{L}\p{N}_]*$/u.exec(before)?.[0] ?? "";
  const from = at - word.length;
  const lead = before.slice(0, from);
  const open = openAt(lead);

  if (lead.endsWith("$")) return { from, options: namesIn(cypher).map((label) => ({ label, kind: "parameter" })) };
  if (/[:|]\s*$/.test(lead) && open !== null && open.bracket !== "{") {
    const options: Option[] =
      open.bracket === "["
        ? schema.relationships.map((one) => ({ label: one.name, kind: "type", detail: endsOf(one) }))
        : schema.labels.map(({ name }) => ({ label: name, kind: "label" }));
    return { from, options };
  }
  const owner = /([\p{L}_][\p{L}\p{N}_]*)\.$/u.exec(lead)?.[1];
  if (owner !== undefined) {
    const known = boundIn(cypher).get(owner);
    return { from, options: propertiesOf(schema, known ?? ALL(schema)) };
  }
  if (open?.bracket === "{" && /(^|,)\s*$/.test(open.inside)) {
    const tables = /:\s*([\p{L}\p{N}_|:]+)\s*$/u.exec(open.around)?.[1]?.split(/[|:]+/);
    if (tables) return { from, options: propertiesOf(schema, tables) };
  }
  if (word === "" && !isAsked) return null;
  return {
    from,
    options: [
      ...[...boundIn(cypher)].map(([label, tables]): Option => ({ label, kind: "variable", detail: tables.join(", ") })),
      ...WORDS.map((label): Option => ({ label, kind: "word" })),
      ...FUNCTIONS[schema.engine].split(/\s+/).map((label): Option => ({ label, kind: "function" })),
    ],
  };
}
