/** What is typed under the page's address, kept by `drafts.ts`. */
import { useState } from "react";
import type { Asked } from "./asked";
import { firstDraft, keepDraft, keptDraft, sameDraft, type Draft } from "./drafts";

interface DraftState {
  draft: Draft;
  change: (part: Partial<Omit<Draft, "search">>) => void;
  /** It is asked: nothing of it needs to be kept. */
  settle: () => void;
}

/** `search`: the query of the address, without what only says how it is shown. */
export function useDraft(search: string, asked: Asked): DraftState {
  const opened = () => keptDraft(search) ?? firstDraft(search, asked);
  const [draft, setDraft] = useState<Draft>(opened);
  let current = draft;
  if (draft.search !== search) {
    current = opened();
    setDraft(current);
  }
  return {
    draft: current,
    change: (part) => {
      const next = { ...current, ...part };
      setDraft(next);
      keepDraft(next, sameDraft(next, firstDraft(search, asked)));
    },
    settle: () => keepDraft(current, true),
  };
}
