/** What was chosen before, remembered in this browser. */
import type { Item } from "./items";

const KEY = "circuit-explorer-found";
const MOST = 8;

type Kept = Pick<Item, "key" | "text" | "beside"> & { address: string };

const isKept = (value: unknown): value is Kept =>
  typeof value === "object" && value !== null && ["key", "text", "beside", "address"].every((name) => typeof (value as Record<string, unknown>)[name] === "string");

/** The newest first; none without storage, nor of what another program left there. */
export function recentItems(): Item[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(kept)) return [];
    // An address of this page, whatever was stored.
    const own = kept.filter(isKept).filter(({ address }) => /^\/(?!\/)/.test(address));
    return own.slice(0, MOST).map(({ key, text, beside, address }) => ({ key: `recent ${key}`, group: "Recent", text, beside, address }));
  } catch {
    return [];
  }
}

/** Only what leads to an address is remembered, once, whether it was chosen as a recent one or anew. */
export function withRecent(before: readonly Kept[], item: Item): Kept[] {
  const { text, beside, address } = item;
  if (address === undefined || item.group === "Pages") return [...before];
  const key = item.key.replace(/^recent /, "");
  return [{ key, text, beside, address }, ...before.filter((one) => one.key !== key)].slice(0, MOST);
}

export function remember(item: Item): void {
  const before = recentItems().flatMap(({ key, text, beside, address }) => (address === undefined ? [] : [{ key: key.replace(/^recent /, ""), text, beside, address }]));
  try {
    localStorage.setItem(KEY, JSON.stringify(withRecent(before, item)));
  } catch {
    // Without storage nothing is remembered.
  }
}
