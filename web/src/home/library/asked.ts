/**
 * Which graphs the library lists, as its address says it: `/?q=dallas&model=gemma&collection=cities&labels=yes&faithful=0.5&order=prompt`.
 * What its address does not say, it does not ask.
 */
import type { LibraryQuestion } from "../../api/types";

export const ORDERS = [
  { value: "newest", text: "Newest first" },
  { value: "oldest", text: "Oldest first" },
  { value: "prompt", text: "By prompt" },
  { value: "faithfulness", text: "Most faithful first" },
  { value: "labelled", text: "Most labels first" },
  { value: "nodes", text: "Largest first" },
] as const;

export type LibraryOrder = (typeof ORDERS)[number]["value"];

export const LABELS = [
  { value: "", text: "Labelled or not" },
  { value: "yes", text: "Labelled" },
  { value: "no", text: "Unlabelled" },
] as const;

/** The least faithfulness of the first is below that of any graph. */
export const FAITHFUL = [
  { value: "", text: "Any faithfulness" },
  { value: "any", text: "Verified" },
  { value: "0.5", text: "Faithful, 0.5 or more" },
  { value: "0.8", text: "Faithful, 0.8 or more" },
] as const;

const BELOW_ALL = -1e9;

export interface LibraryAsked {
  search: string;
  /** Empty: all. So is a collection's. */
  model: string;
  collection: string;
  labels: (typeof LABELS)[number]["value"];
  faithful: (typeof FAITHFUL)[number]["value"];
  order: LibraryOrder;
}

export const EVERYTHING: LibraryAsked = { search: "", model: "", collection: "", labels: "", faithful: "", order: "newest" };

export function askedOf(search: string): LibraryAsked {
  const said = new URLSearchParams(search);
  return {
    search: said.get("q") ?? "",
    model: said.get("model") ?? "",
    collection: said.get("collection") ?? "",
    labels: LABELS.find(({ value }) => value === said.get("labels"))?.value ?? "",
    faithful: FAITHFUL.find(({ value }) => value === said.get("faithful"))?.value ?? "",
    order: ORDERS.find(({ value }) => value === said.get("order"))?.value ?? "newest",
  };
}

export function addressOf({ search, order, ...filters }: LibraryAsked): string {
  const said = Object.entries({ q: search, ...filters, order: order === "newest" ? "" : order }).filter(([, value]) => value !== "");
  return said.length > 0 ? `/?${new URLSearchParams(said).toString()}` : "/";
}

/** Whether some graphs may be left out. */
export const isFiltered = (asked: LibraryAsked): boolean => addressOf({ ...asked, order: "newest" }) !== "/";

/** Prompts in a page. */
export const PAGE = 100;

/** The question that the server is asked for a page, the first of which is 0. */
export function questionOf({ search, model, collection, labels, faithful, order }: LibraryAsked, page: number): LibraryQuestion {
  return {
    search: search.trim(),
    order,
    offset: page * PAGE,
    limit: PAGE,
    ...(model === "" ? {} : { model }),
    ...(collection === "" ? {} : { collection }),
    ...(labels === "" ? {} : { labelled: labels === "yes" }),
    ...(faithful === "" ? {} : { min_faithfulness: faithful === "any" ? BELOW_ALL : Number(faithful) }),
  };
}
