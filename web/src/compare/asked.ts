/** What the address of the page asks. */
import type { CompareQuestion } from "../api/types";

export type Side = "a" | "b";
export const SIDES = ["a", "b"] as const;
export const other = (side: Side): Side => (side === "a" ? "b" : "a");

export type By = NonNullable<CompareQuestion["group_by"]>;
export const BY: readonly By[] = ["label", "feature", "supernode"];

/** What is first of the rows that both have. */
export type Order = "strongest" | "differing";

/**
 *     a, b      the ids of the graphs
 *     ta, tb    their targets, each by the end of its id, as a graph's page says it: `logit/26/7/41163`
 *     by        what makes steps the same: `label`, `feature`, `supernode`
 *     bos       `hide` leaves out paths from the token before the text
 *     order     `differing`: what differs most is first
 */
export interface Asked {
  a: string | null;
  b: string | null;
  ta: string | null;
  tb: string | null;
  /** Null: what suits the graphs. */
  by: By | null;
  hideBos: boolean;
  order: Order;
}

export const targetOf = (asked: Asked, side: Side): string | null => (side === "a" ? asked.ta : asked.tb);

/** What a query asks; what is no value of a parameter is not asked. */
export function askedIn(search: string): Asked {
  const said = new URLSearchParams(search);
  const text = (name: string) => {
    const value = said.get(name);
    return value === "" ? null : value;
  };
  return {
    a: text("a"),
    b: text("b"),
    ta: text("ta"),
    tb: text("tb"),
    by: BY.find((by) => by === said.get("by")) ?? null,
    hideBos: said.get("bos") === "hide",
    order: said.get("order") === "differing" ? "differing" : "strongest",
  };
}

export function addressOf({ a, b, ta, tb, by, hideBos, order }: Asked): string {
  const said = [
    ["a", a],
    ["b", b],
    ["ta", ta],
    ["tb", tb],
    ["by", by],
    ["bos", hideBos ? "hide" : null],
    ["order", order === "strongest" ? null : order],
  ].flatMap(([name, value]) => (value ? [`${name ?? ""}=${encodeURIComponent(value).replaceAll("%2F", "/")}`] : []));
  return `/compare${said.length > 0 ? `?${said.join("&")}` : ""}`;
}

/** Another graph on one side, whose target is its own; null: none. */
export const withGraph = (asked: Asked, side: Side, id: string | null): Asked =>
  side === "a" ? { ...asked, a: id, ta: null } : { ...asked, b: id, tb: null };

export const withTarget = (asked: Asked, side: Side, target: string | null): Asked =>
  side === "a" ? { ...asked, ta: target } : { ...asked, tb: target };

export const swapped = (asked: Asked): Asked => ({ ...asked, a: asked.b, b: asked.a, ta: asked.tb, tb: asked.ta });
