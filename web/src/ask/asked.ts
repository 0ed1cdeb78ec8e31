/**
 * What the address asks:
 *
 *     /ask?q=NAME&PARAMETER=VALUE      a named query; a list as often as it has items
 *     /ask?cypher=TEXT&$NAME=VALUE     Cypher, with the values of its $names: JSON, or else text
 *     /ask?saved=NAME&$NAME=VALUE      a saved query
 *     rows, seconds                    its limits, where they are other than the server's
 *     as                               `graph`: the rows are drawn
 */

/** By parameters; a list has several. */
export type Values = Readonly<Record<string, readonly string[]>>;

export interface Bounds {
  /** As they are typed; "": the server's. */
  rows: string;
  seconds: string;
}

export const NO_BOUNDS: Bounds = { rows: "", seconds: "" };

export type Asked =
  | { kind: "nothing" }
  | { kind: "named"; name: string; values: Values; bounds: Bounds }
  | { kind: "cypher"; cypher: string; values: Values; bounds: Bounds }
  | { kind: "saved"; name: string; values: Values; bounds: Bounds };

export type Shape = "table" | "graph";

/** Characters of an address that every server and proxy reads. */
const MOST_CHARACTERS = 7500;

/** What is no parameter of a named query. */
const RESERVED = new Set(["q", "cypher", "saved", "rows", "seconds", "as", "theme", "embed"]);

function collected(entries: Iterable<readonly [name: string, value: string]>): Values {
  const values: Record<string, string[]> = {};
  for (const [name, value] of entries) (values[name] ??= []).push(value);
  return values;
}

export function askedIn(search: string): Asked {
  const all = new URLSearchParams(search);
  const entries = [...all];
  const bounds = { rows: all.get("rows") ?? "", seconds: all.get("seconds") ?? "" };
  const ofCypher = () => collected(entries.filter(([name]) => name.startsWith("$") && name.length > 1).map(([name, value]) => [name.slice(1), value] as const));
  const [q, cypher, saved] = [all.get("q"), all.get("cypher"), all.get("saved")];
  if (q) return { kind: "named", name: q, values: collected(entries.filter(([name]) => !RESERVED.has(name))), bounds };
  if (saved) return { kind: "saved", name: saved, values: ofCypher(), bounds };
  if (cypher) return { kind: "cypher", cypher, values: ofCypher(), bounds };
  return { kind: "nothing" };
}

/** How an address' query has the rows shown. */
export const shapeIn = (search: string): Shape => (new URLSearchParams(search).get("as") === "graph" ? "graph" : "table");

/** The query of an address without what only says how it is shown; "" where it asks nothing. */
export function bareSearch(search: string): string {
  if (askedIn(search).kind === "nothing") return "";
  const kept = search.replace(/^\?/, "").split("&").filter((part) => !["as", "theme", "embed", ""].includes(part.split("=")[0] ?? ""));
  return `?${kept.join("&")}`;
}

/** A value as it may stand in a query; what is read there without harm stays as it is. */
const encoded = (value: string): string =>
  encodeURIComponent(value).replace(/%(2F|2C|3A|24)/g, (code) => decodeURIComponent(code)).replaceAll("%20", "+");

/** The address that asks it. */
export function addressOf(asked: Asked, shape: Shape = "table"): string {
  if (asked.kind === "nothing") return "/ask";
  const said: [name: string, value: string][] = [];
  if (asked.kind === "named") said.push(["q", asked.name]);
  if (asked.kind === "saved") said.push(["saved", asked.name]);
  if (asked.kind === "cypher") said.push(["cypher", asked.cypher]);
  const mark = asked.kind === "named" ? "" : "$";
  for (const [name, values] of Object.entries(asked.values)) for (const value of values) said.push([mark + name, value]);
  if (asked.bounds.rows) said.push(["rows", asked.bounds.rows]);
  if (asked.bounds.seconds) said.push(["seconds", asked.bounds.seconds]);
  if (shape === "graph") said.push(["as", shape]);
  return `/ask?${said.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join("&")}`;
}

/** The address that shows the same otherwise. */
export function shapedAddress(search: string, shape: Shape): string {
  const rest = search.replace(/^\?/, "").split("&").filter((part) => part !== "" && part.split("=")[0] !== "as");
  return `/ask?${[...rest, ...(shape === "graph" ? ["as=graph"] : [])].join("&")}`;
}

/** Whether an address may be as long as this. */
export const isAddress = (address: string): boolean => address.length <= MOST_CHARACTERS;
