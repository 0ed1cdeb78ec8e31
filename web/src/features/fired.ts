/** Where in its prompt a feature fires, and how strongly; what the page's address says. */
import type { FeatureSort, FiringGraph } from "../api/types";
import { inText } from "../feature/excerpt";
import { exactToken } from "../shared/format";

export const SORTS: readonly { value: FeatureSort; text: string; title: string }[] = [
  { value: "influence", text: "influence", title: "The largest influence on the logits first" },
  { value: "activation", text: "activation", title: "The largest activation first" },
  { value: "newest", text: "newest", title: "The newest graph first" },
];
const FIRST_SORT: FeatureSort = "influence";

/** The order that an address' query asks for. */
export function sortIn(search: string): FeatureSort {
  const named = new URLSearchParams(search).get("sort");
  return SORTS.find(({ value }) => value === named)?.value ?? FIRST_SORT;
}

/** The query with another order: nothing else of it changes. */
export function withSort(search: string, sort: FeatureSort): string {
  const all = new URLSearchParams(search);
  all.set("sort", sort);
  return `?${all.toString()}`;
}

/** The part of a layer whose feature an address' query names; null: its MLP. */
export function siteIn(search: string): string | null {
  const named = new URLSearchParams(search).get("site");
  return named === "" ? null : named;
}

/** A piece of a prompt: text, a token at which the feature fires, or what is left out. */
export type Piece = { kind: "text" | "fires"; text: string } | { kind: "gap" };

/** Tokens shown before and after each at which the feature fires. */
const AROUND = { before: 14, after: 6 };
/** Parts of a long prompt that are shown. */
const MOST_PARTS = 3;

const written = (token: string): string => {
  const special = exactToken(token);
  return special.startsWith("‹") ? special : inText(token);
};

/**
 * The prompt around the tokens at which the feature fires. A start token that nobody typed is shown only where the feature
 * fires there. `isCut`: some of those tokens are left out.
 */
export function firedPieces({ tokens, nodes }: Pick<FiringGraph, "tokens" | "nodes">): { pieces: Piece[]; isCut: boolean } {
  const fires = new Set(nodes.map(({ position }) => position));
  const first = !fires.has(0) && exactToken(tokens[0] ?? "").startsWith("‹") ? 1 : 0;
  const parts: { begin: number; end: number }[] = [];
  for (const position of [...fires].sort((a, b) => a - b)) {
    const begin = Math.max(first, position - AROUND.before);
    const end = Math.min(tokens.length, position + AROUND.after + 1);
    const last = parts.at(-1);
    // A gap of one token would be longer than the token.
    if (last && begin <= last.end + 1) last.end = end;
    else parts.push({ begin, end });
  }
  const shown = parts.slice(0, MOST_PARTS);
  const pieces: Piece[] = [];
  shown.forEach(({ begin, end }, place) => {
    if (begin > (place === 0 ? first : 0)) pieces.push({ kind: "gap" });
    for (let at = begin; at < end; at++) {
      const text = written(tokens[at] ?? "");
      // The space before a word is not a part of what fires to a reader's eye.
      const space = fires.has(at) && text.trim() !== "" ? text.slice(0, text.length - text.trimStart().length) : "";
      const plain = fires.has(at) ? space : text;
      const last = pieces.at(-1);
      if (last?.kind === "text") last.text += plain;
      else if (plain !== "") pieces.push({ kind: "text", text: plain });
      if (fires.has(at)) pieces.push({ kind: "fires", text: text.slice(space.length) });
    }
  });
  if ((shown.at(-1)?.end ?? 0) < tokens.length) pieces.push({ kind: "gap" });
  return { pieces, isCut: parts.length > shown.length };
}

type Node = FiringGraph["nodes"][number];

/** A graph's nodes of the feature, the strongest first: by activation where that is asked for, or else by influence. */
export function strongestFirst(nodes: readonly Node[], sort: FeatureSort): Node[] {
  const figure = (node: Node): number => (sort === "activation" ? node.activation : node.node_influence) ?? -Infinity;
  return [...nodes].sort((a, b) => figure(b) - figure(a) || a.position - b.position);
}

/** What the graph itself calls the feature, each name once. */
export const ownLabels = (nodes: readonly Node[]): string[] => [...new Set(nodes.flatMap(({ label }) => label ?? []))];
