/** Marks the tokens of the strip that the pointer is over in any tab, and else those of the selected cell. */
import { useEffect } from "react";
import type { Cell } from "./inside";
import type { At, Pointed } from "./pointed";

const MARK = "data-pointed";

/** What a position is at: "query", "key" or both; null: nothing. */
export function markOf(at: At, position: number): string | null {
  const marks = [...(at.query === position ? ["query"] : []), ...(at.key === position ? ["key"] : [])];
  return marks.length > 0 ? marks.join(" ") : null;
}

function mark(at: At | null): void {
  for (const each of document.querySelectorAll(`[${MARK}]`)) each.removeAttribute(MARK);
  if (at === null) return;
  for (const position of new Set([at.query, at.key])) {
    const text = position === null ? null : markOf(at, position);
    if (position === null || text === null) continue;
    for (const each of document.querySelectorAll(`[data-testid="token-strip"] [data-positions~="${position}"]`)) {
      // A token of several positions may be both.
      const before = each.getAttribute(MARK);
      each.setAttribute(MARK, before === null || before === text ? text : `${before} ${text}`);
    }
  }
}

export function usePointedTokens(pointed: Pointed, cell: Cell | null): void {
  useEffect(() => {
    const show = (at: At | null) => mark(at ?? cell);
    show(pointed.at);
    const stop = pointed.subscribe(show);
    return () => {
      stop();
      mark(null);
    };
  }, [pointed, cell]);
}
