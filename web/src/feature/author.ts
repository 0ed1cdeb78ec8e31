/** The name under which this reader labels features, remembered in this browser. */
import { SOMEBODY } from "../shared/labels/origin";

const KEY = "circuit-explorer-author";

/** The name given before; empty without one or without storage. */
export function storedAuthor(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function storeAuthor(name: string): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Without storage the name lasts until the page is left.
  }
}

/** The author of a label as the server knows it. */
export const authorOf = (name: string): string => name.trim() || SOMEBODY;
