/** Addresses in a graph's page, of what a row of the comparison tells of that graph. */
import type { ComparedSequence } from "../../api/types";
import { graphAddress } from "../../shared/router";
import type { By } from "../asked";
import { balance } from "./rows";

/** The end of a node's id, by which a graph's page names it: `logit/26/7/41163`. */
export const endOf = (id: string): string => id.slice(id.indexOf("/") + 1);

/** `through` filters that a question can have. */
const MOST_THROUGH = 8;

interface Said {
  target: string | null;
  /** What ranks the paths. */
  score?: "contribution" | "influence";
  by?: By;
  hideBos?: boolean;
  through?: readonly string[];
  row?: string;
  /** Ids of nodes. */
  selected?: readonly string[];
}

const encoded = (value: string): string => encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":");

/** The query of a graph's page that asks for the same; "" for the page as it opens by itself. */
export function graphQuery({ target, score, by, hideBos = false, through = [], row, selected = [] }: Said): string {
  const said: [string, string][] = [
    ...(target === null ? [] : [["t", target] satisfies [string, string]]),
    ...(score === undefined ? [] : [["score", score] satisfies [string, string]]),
    ...(by === undefined ? [] : [["by", by] satisfies [string, string]]),
    ...(hideBos ? [["bos", "hide"] satisfies [string, string]] : []),
    ...through.slice(0, MOST_THROUGH).map((selector): [string, string] => ["through", selector]),
    ...(row === undefined ? [] : [["row", row] satisfies [string, string]]),
    ...(selected.length === 0 ? [] : [["sel", selected.map(endOf).join(",")] satisfies [string, string]]),
  ];
  return said.length === 0 ? "" : `?${said.map(([name, value]) => `${name}=${encoded(value)}`).join("&")}`;
}

/** The graph with the paths through a sequence's steps, the first of them lit: of those that raise the target, or of those that lower it. */
export function sequenceAddress(id: string, { steps, in_graphs: parts }: ComparedSequence, at: number, asks: { target: string | null; by: By; hideBos: boolean }): string {
  const part = parts[at];
  const form = asks.by === "supernode" ? "supernode" : "label";
  const through = steps.map(({ is_group: isGroup, name, layer, index, site }) =>
    isGroup && name !== null ? `${form}:${name}` : `feature:${[layer, index, ...(site ? [site] : [])].join("/")}`,
  );
  const isKnown = (part?.effect.contribution ?? null) !== null;
  const isRaising = part ? balance(part.effect, isKnown) >= 0 : true;
  return graphAddress(id) + graphQuery({ ...asks, score: isKnown ? "contribution" : "influence", through, row: isRaising ? "raises.1" : "lowers.1" });
}
