/** What is found for what is typed: at once what the page has, a moment later what the server finds. */
import { useMemo, useState } from "react";
import { findAll, getQueries, getSavedQueries, type ApiError } from "../api/client";
import type { Found } from "../api/types";
import { useReadOnly } from "../shared/hooks/useReadOnly";
import { useSettled } from "../shared/hooks/useSettled";
import { useAnswer } from "../shared/useAnswer";
import { foundItems, grouped, having, OWN_ITEMS, queryItems, savedItems } from "./items";
import { wordsOf } from "./match";
import { recentItems } from "./recent";

/** Milliseconds without a key before the server is asked. */
const PAUSE = 120;
/** Of each kind. */
export const MOST = 6;
/** The server refuses more words, and more letters (the field takes no more). */
export const MOST_LETTERS = 200;
const MOST_WORDS = 10;

interface Results {
  groups: ReturnType<typeof grouped>;
  words: readonly string[];
  /** Whether the server has yet to answer what is typed. */
  isSearching: boolean;
  error: ApiError | null;
  /** What of the answer took too long to be found whole. */
  unfinished: Found["unfinished"];
  /** Whether as much of a kind was found as was asked for: there may be more. */
  isFull: boolean;
}

export function useFound(text: string): Results {
  const words = useMemo(() => wordsOf(text).slice(0, MOST_WORDS), [text]);
  const asked = words.join(" ");
  const settled = useSettled(asked, PAUSE);
  const { answer, error } = useAnswer(settled === "" ? null : settled, async (signal) => ({ of: settled, found: await findAll(settled, MOST, signal) }));
  const queries = useAnswer("queries", getQueries);
  const saved = useAnswer("saved queries", getSavedQueries);
  const [recent] = useState(recentItems);
  const isReadOnly = useReadOnly();
  const isAnswered = answer?.of === asked;

  const groups = useMemo(() => {
    const own = OWN_ITEMS.filter(({ writes }) => !(writes && isReadOnly));
    const named = [...(queries.answer ? queryItems(queries.answer) : []), ...savedItems(saved.answer?.queries ?? [])];
    if (words.length === 0) return grouped([...recent, ...own]);
    const found = answer ? foundItems(answer.found) : [];
    // Of the answer to something else, what has the words of now is right, too.
    return grouped([...having([...own, ...named], words), ...(isAnswered ? found : having(found, words))]);
  }, [words, answer, isAnswered, queries.answer, saved.answer, recent, isReadOnly]);

  return {
    groups,
    words,
    isSearching: words.length > 0 && !isAnswered && !(error && settled === asked),
    error: words.length > 0 && settled === asked ? error : null,
    unfinished: isAnswered ? answer.found.unfinished : [],
    isFull: isAnswered && [answer.found.graphs, answer.found.features, answer.found.views, answer.found.collections].some(({ length }) => length === MOST),
  };
}
