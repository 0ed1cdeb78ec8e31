/** A named query's form: its fields are the query's parameters, as the server describes them. */
import type { NamedQuery, QueriesAnswer, QueryParameter } from "../../api/types";
import type { Values } from "../asked";

/** "min_share" as "min share". */
export const titleOf = ({ name }: Pick<QueryParameter, "name">): string => name.replaceAll("_", " ");

/** Whether a parameter has several values. */
export const isList = ({ type }: Pick<QueryParameter, "type">): boolean => ["graphs", "nodes", "features", "texts", "numbers"].includes(type);

const defaultOf = ({ default: value }: QueryParameter): string[] => [value ?? []].flat().map(String);

/** What a field holds: what was given, or else the default. */
export const heldIn = (values: Values, parameter: QueryParameter): readonly string[] => values[parameter.name] ?? defaultOf(parameter);

const filled = (texts: readonly string[]): string[] => texts.filter((text) => text !== "");

const isWhole = (text: string): boolean => /^[+-]?\d+$/.test(text.trim());
const isNumber = (text: string): boolean => text.trim() !== "" && Number.isFinite(Number(text));

/** Why a field's texts are no value; null: they are one, or nothing is needed. */
export function faultOf(parameter: QueryParameter, texts: readonly string[]): string | null {
  const given = filled(texts);
  if (given.length === 0) return parameter.required ? "needed" : null;
  const { type, minimum, maximum } = parameter;
  if (type === "count" && !given.every(isWhole)) return "must be a whole number";
  if ((type === "number" || type === "numbers") && !given.every(isNumber)) return "must be a number";
  if (type === "count" || type === "number") {
    const value = Number(given[0]);
    if (typeof minimum === "number" && value < minimum) return `must be ${minimum} or more`;
    if (typeof maximum === "number" && value > maximum) return `must be ${maximum} or less`;
  }
  return null;
}

/** The limits of a number in words; "" where it has none. */
export function limitsOf({ minimum, maximum }: QueryParameter): string {
  if (typeof minimum === "number" && typeof maximum === "number") return `${minimum} to ${maximum}`;
  return typeof minimum === "number" ? `${minimum} or more` : typeof maximum === "number" ? `${maximum} or less` : "";
}

/** The values that are other than the defaults: what an address says. */
export function valuesGiven(query: NamedQuery, values: Values): Values {
  const given = query.parameters.flatMap((parameter): [string, string[]][] => {
    const texts = filled(values[parameter.name] ?? []);
    const isDefault = JSON.stringify(texts) === JSON.stringify(defaultOf(parameter));
    return texts.length === 0 || isDefault ? [] : [[parameter.name, texts]];
  });
  return Object.fromEntries(given);
}

export type ParameterValue = string | number | string[] | number[] | null;

/** The values as the server wants them, defaults among them; null: a field has no value, or a wrong one. */
export function parametersOf(query: NamedQuery, values: Values): Record<string, ParameterValue> | null {
  const found: Record<string, ParameterValue> = {};
  for (const parameter of query.parameters) {
    const texts = filled(heldIn(values, parameter));
    if (faultOf(parameter, texts) !== null) return null;
    const isNumeric = parameter.type === "count" || parameter.type === "number" || parameter.type === "numbers";
    const all = isNumeric ? texts.map(Number) : texts;
    found[parameter.name] = isList(parameter) ? all : (all[0] ?? null);
  }
  return found;
}

export interface QueryGroup {
  name: string;
  queries: NamedQuery[];
}

/** The queries that have all these words in their titles, sentences or names, under their headings. */
export function queryGroups({ queries }: QueriesAnswer, sought: string): QueryGroup[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, NamedQuery[]>();
  for (const query of queries) {
    const text = [query.title, query.sentence, query.name, query.group].join(" ").toLowerCase();
    if (words.every((word) => text.includes(word))) groups.set(query.group, [...(groups.get(query.group) ?? []), query]);
  }
  return [...groups].map(([name, found]) => ({ name, queries: found }));
}
