/** The page's two addresses, `/` and `/graphs/{id}`, over the browser's history. */
import { useSyncExternalStore, type MouseEvent } from "react";

export type Route = { page: "home" } | { page: "graph"; id: string } | { page: "nowhere" };

export function routeOf(path: string): Route {
  if (path === "/" || path === "/graphs" || path === "/graphs/") return { page: "home" };
  const graph = /^\/graphs\/([^/]+)\/?$/.exec(path);
  if (!graph?.[1]) return { page: "nowhere" };
  try {
    return { page: "graph", id: decodeURIComponent(graph[1]) };
  } catch {
    return { page: "nowhere" };
  }
}

const TAB = /^(\/graphs\/[^/]+)\/(attention|heads|tokens|flow)\/?$/;

/** Where a tab of a graph stands, `/graphs/ID?tab=heads`, by the path that it is called by, `/graphs/ID/heads`; null: that is another path. */
export function tabAddress(path: string, search: string): string | null {
  const [, graph, tab] = TAB.exec(path) ?? [];
  return graph && tab ? `${graph}?tab=${tab}${search.replace(/^\?/, "&").replace(/^&$/, "")}` : null;
}

export const graphAddress = (id: string): string => `/graphs/${encodeURIComponent(id)}`;

const CHANGED = "circuit-explorer:navigated";

/** Goes to an address of the page. The path of a graph that is open leaves its address as it is, with all that it says. */
export function navigate(address: string): void {
  const { pathname, search } = window.location;
  if (address === pathname + search || (address === pathname && pathname !== "/")) return;
  window.history.pushState(null, "", address);
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
  navigate(event.currentTarget.pathname);
}
