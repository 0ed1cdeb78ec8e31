/** The cells of a table of rows: their words, and the places on the page that they lead to. */
import type { QueryColumn, ValueType } from "../../api/types";
import { exactToken } from "../../shared/format";
import { circuitAddress } from "../../shared/graphs/places";
import type { Cell } from "../../shared/out/table";
import { collectionAddress, graphAddress } from "../../shared/router";
import { featureKeyAddress, featureKeyName, isFeatureKey, isGraphId, isNode, isPath, isRelationship, nodeKeyAddress, nodeKeyIn, nodeKeyName, nodeName, nodePlace } from "./keys";

export interface Part {
  text: string;
  href: string | null;
  isToken?: boolean;
}

export interface CellWords {
  parts: Part[];
  /** Between parts. */
  between: string;
  /** All of the value, for a title. */
  whole: string;
  isNumber: boolean;
}

/** What a column holds; null: nobody has said, so that each value is told by what it looks like. */
export type ColumnType = ValueType | null;

const ITEM: Partial<Record<ValueType, ValueType>> = { graphs: "graph", nodes: "node", features: "feature", texts: "text", numbers: "number" };

/** Characters of an id that tell two graphs apart. */
const ID_LENGTH = 8;

/** A value in full, as a file has it. */
export function wholeText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A number that is read at a glance; its title has it in full. */
const shortNumber = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)))).replaceAll("-", "−");

function textPart(text: string, type: ColumnType): Part {
  const isOf = (asked: ValueType, looks: boolean): boolean => type === asked || (type === null && looks);
  if (isOf("graph", isGraphId(text))) return { text: text.slice(0, ID_LENGTH), href: graphAddress(text) };
  if (isOf("node", nodeKeyIn(text) !== null)) return nodeKeyIn(text) ? { text: nodeKeyName(text), href: nodeKeyAddress(text) } : { text, href: null };
  if (isOf("feature", isFeatureKey(text))) return isFeatureKey(text) ? { text: featureKeyName(text), href: featureKeyAddress(text) } : { text, href: null };
  if (type === "collection") return { text, href: collectionAddress(text) };
  if (type === "token") return { text: exactToken(text), href: null, isToken: true };
  return { text, href: null };
}

function partsOf(value: unknown, type: ColumnType): { parts: Part[]; between: string } {
  const one = (part: Part) => ({ parts: [part], between: "" });
  if (value === null || value === undefined) return one({ text: "", href: null });
  if (typeof value === "string") return one(textPart(value, type));
  if (typeof value === "number") return one({ text: shortNumber(value), href: null });
  if (typeof value === "boolean") return one({ text: value ? "yes" : "no", href: null });
  if (Array.isArray(value)) {
    const item = type === null ? null : (ITEM[type] ?? type);
    const all = value.flatMap((each) => partsOf(each, item).parts.map((part) => (part.text === "" ? { ...part, text: "–" } : part)));
    return { parts: all, between: type === "nodes" || (type === null && keysIn(value, null).length === value.length && value.length > 1) ? " → " : ", " };
  }
  if (isNode(value)) return one({ text: nodeName(value), href: nodePlace(value) });
  if (isPath(value)) return { parts: value.nodes.map((node) => ({ text: nodeName(node), href: nodePlace(node) })), between: " → " };
  if (isRelationship(value)) {
    const { weight } = value.properties;
    return one({ text: typeof weight === "number" ? `${value.relationship_type} ${shortNumber(weight)}` : value.relationship_type, href: null });
  }
  return one({ text: JSON.stringify(value), href: null });
}

export function cellOf(value: unknown, type: ColumnType): CellWords {
  return { ...partsOf(value, type), whole: wholeText(value), isNumber: typeof value === "number" };
}

/** What the columns hold, where the query's description says it. */
export const typesOf = (columns: readonly string[], described: readonly QueryColumn[]): ColumnType[] =>
  columns.map((name) => described.find((one) => one.name === name)?.type ?? null);

/** The keys of graphs' nodes in a value, in order. */
export function keysIn(value: unknown, type: ColumnType): string[] {
  if (typeof value === "string") return (type === null || type === "node") && nodeKeyIn(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((each) => keysIn(each, type === null ? null : (ITEM[type] ?? type)));
  if (isNode(value)) return keysIn(value.properties.key, null);
  return isPath(value) ? value.nodes.flatMap((node) => keysIn(node, null)) : [];
}

/** Nodes that a circuit of one row has at most: longer ones are no picture. */
const MOST_PINNED = 60;

/** Where the nodes of a row stand as a circuit of their graph; null: they are fewer than two, or of several graphs. */
export function pictureOf(row: readonly unknown[], types: readonly ColumnType[]): string | null {
  const keys = [...new Set(row.flatMap((value, at) => keysIn(value, types[at] ?? null)))];
  const graphs = new Set(keys.map((key) => nodeKeyIn(key)?.graph));
  const [graph] = graphs;
  return graphs.size === 1 && graph !== undefined && keys.length > 1 && keys.length <= MOST_PINNED ? circuitAddress(graph, keys) : null;
}

/** The rows for other programs: a heading, and values in full; what is no text, number or null as JSON. */
export const tableOf = (columns: readonly string[], rows: readonly (readonly unknown[])[]): Cell[][] => [
  [...columns],
  ...rows.map((row) => row.map((value): Cell => (value === null || typeof value === "number" ? value : wholeText(value)))),
];

/** Characters of a column: of its longest cell among the first rows, within bounds. */
export function widthOf(name: string, cells: readonly string[]): number {
  return Math.min(44, Math.max(name.length + 2, 6, ...cells.map((text) => text.length + 1)));
}
