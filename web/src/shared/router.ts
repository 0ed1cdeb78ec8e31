/** The page's addresses, over the browser's history. */
import { useSyncExternalStore, type MouseEvent } from "react";
import type { FeatureName } from "../api/client";

export type Route =
  | { page: "home" }
  | { page: "runs" }
  | { page: "compare" }
  | { page: "ask" }
  | { page: "graph"; id: string }
  | { page: "collection"; name: string }
  | { page: "feature"; feature: Omit<FeatureName, "site"> }
  | { page: "nowhere" };

/** Pages that stand under one path. */
const PLAIN = { "": "home", graphs: "home", runs: "runs", compare: "compare", ask: "ask" } as const;

export function routeOf(path: string): Route {
  const parts = path.replace(/^\/|\/$/g, "").split("/");
  let names: string[];
  try {
    names = parts.map(decodeURIComponent);
  } catch {
    return { page: "nowhere" };
  }
  const [first = "", second = "", ...others] = names;
  if (names.length === 1 && Object.hasOwn(PLAIN, first)) return { page: PLAIN[first as keyof typeof PLAIN] };
  if (names.length === 2 && second !== "" && first === "graphs") return { page: "graph", id: second };
  if (names.length === 2 && second !== "" && first === "collections") return { page: "collection", name: second };
  const [set = "", layer = "", index = ""] = others;
  if (first === "features" && names.length === 5 && second && set && /^\d+$/.test(layer) && /^\d+$/.test(index)) {
    return { page: "feature", feature: { model: second, transcoder_set: set, layer: Number(layer), index: Number(index) } };
  }
  return { page: "nowhere" };
}

const TAB = /^(\/graphs\/[^/]+)\/(attention|heads|tokens|flow)\/?$/;

/** Where a tab of a graph stands, `/graphs/ID?tab=heads`, by the path that it is called by, `/graphs/ID/heads`; null: that is another path. */
export function tabAddress(path: string, search: string): string | null {
  const [, graph, tab] = TAB.exec(path) ?? [];
  return graph && tab ? `${graph}?tab=${tab}${search.replace(/^\?/, "&").replace(/^&$/, "")}` : null;
}

export const graphAddress = (id: string): string => `/graphs/${encodeURIComponent(id)}`;
/** The first page with a prompt's form as a job or a graph had it. */
export const againAddress = (of: "job" | "graph", id: string): string => `/?again=${of}:${encodeURIComponent(id)}`;
export const collectionAddress = (name: string): string => `/collections/${encodeURIComponent(name)}`;
export const compareAddress = (a: string, b: string | null = null): string => `/compare?a=${encodeURIComponent(a)}${b === null ? "" : `&b=${encodeURIComponent(b)}`}`;

/** A graph with one of its nodes selected, by the node's id, which begins with the graph's. */
export const nodeAddress = (graph: string, node: string): string =>
  `${graphAddress(graph)}?sel=${encodeURIComponent(node.slice(graph.length + 1)).replaceAll("%2F", "/")}`;
export const viewAddress = (graph: string, view: string): string => `${graphAddress(graph)}?view=${encodeURIComponent(view)}`;
/** A named query, with values of its parameters. */
export function queryAddress(name: string, values: Readonly<Record<string, string | readonly string[]>> = {}): string {
  const all = new URLSearchParams({ q: name });
  for (const [parameter, value] of Object.entries(values)) for (const each of [value].flat()) all.append(parameter, each);
  return `/ask?${all.toString()}`;
}
export const savedQueryAddress = (name: string): string => `/ask?${new URLSearchParams({ saved: name }).toString()}`;

export function featureAddress({ model, transcoder_set: set, layer, index, site }: FeatureName): string {
  return `/features/${[model, set, layer, index].map(encodeURIComponent).join("/")}${site === null ? "" : `?site=${encodeURIComponent(site)}`}`;
}

const CHANGED = "circuit-explorer:navigated";

/** Goes to an address of the page. The path of a graph that is open leaves its address as it is, with all that it says. */
export function navigate(address: string): void {
  const { pathname, search } = window.location;
  if (address === pathname + search || (address === pathname && routeOf(pathname).page === "graph")) return;
  window.history.pushState(null, "", address);
  window.dispatchEvent(new Event(CHANGED));
}

/** Changes the address without a step to go back to. */
export function replaceAddress(address: string): void {
  window.history.replaceState(null, "", address);
  window.dispatchEvent(new Event(CHANGED));
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener("popstate", onChange);
  window.addEventListener(CHANGED, onChange);
  return () => {
    window.removeEventListener("popstate", onChange);
    window.removeEventListener(CHANGED, onChange);
  };
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

/** What the address asks, from its `?` on. */
export function useSearch(): string {
  return useSyncExternalStore(subscribe, () => window.location.search);
}

/** Follows a link of this page without a reload. A click with a modifier key is left to the browser. */
export function follow(event: MouseEvent<HTMLAnchorElement>): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(event.currentTarget.pathname + event.currentTarget.search);
}
