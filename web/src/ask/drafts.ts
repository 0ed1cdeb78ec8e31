/**
 * What is typed and not asked yet, by the address that it was typed under, so that neither Back nor a reload nor a visit
 * to another page loses it. It lasts as long as the tab.
 */
import type { Asked, Bounds, Values } from "./asked";

export interface Draft {
  /** The query of the address that it belongs to. */
  search: string;
  /** The text of the editor; null: that of the saved query that the address names, which is on its way. */
  cypher: string | null;
  /** Of a named query's form, or of the $names. */
  values: Values;
  bounds: Bounds;
}

const KEY = "circuit-explorer-ask-drafts";
/** Drafts that are kept at most. */
const MOST = 20;

/** The draft of an address at which nothing was typed. */
export function firstDraft(search: string, asked: Asked): Draft {
  if (asked.kind === "nothing") return { search, cypher: "", values: {}, bounds: { rows: "", seconds: "" } };
  return { search, cypher: asked.kind === "cypher" ? asked.cypher : asked.kind === "saved" ? null : "", values: asked.values, bounds: asked.bounds };
}

const isDraft = (value: unknown): value is Draft => {
  if (typeof value !== "object" || value === null) return false;
  const { search, cypher, values, bounds } = value as Record<string, unknown>;
  return typeof search === "string" && (cypher === null || typeof cypher === "string") && typeof values === "object" && values !== null && typeof bounds === "object" && bounds !== null;
};

/** The drafts in a stored text. */
export function draftsIn(text: string | null): Draft[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter(isDraft) : [];
  } catch {
    return [];
  }
}

/** With this draft as the last of its address; `isAsked`: nothing is typed there that is not asked. */
export const withDraft = (drafts: readonly Draft[], draft: Draft, isAsked: boolean): Draft[] =>
  [...drafts.filter(({ search }) => search !== draft.search), ...(isAsked ? [] : [draft])].slice(-MOST);

export const sameDraft = (a: Draft, b: Draft): boolean => JSON.stringify(a) === JSON.stringify(b);

let kept: Draft[] | null = null;

function all(): Draft[] {
  if (kept === null) {
    try {
      kept = draftsIn(sessionStorage.getItem(KEY));
    } catch {
      kept = [];
    }
  }
  return kept;
}

export const keptDraft = (search: string): Draft | null => all().find((draft) => draft.search === search) ?? null;

export function keepDraft(draft: Draft, isAsked: boolean): void {
  kept = withDraft(all(), draft, isAsked);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Without storage drafts last until the page is left.
  }
}
