/** The lists of ranked paths of a graph, fetched anew when the question changes. */
import { useLayoutEffect, useMemo, useRef } from "react";
import { getPaths } from "../../api/client";
import type { ApiError } from "../../api/client";
import type { PathsAnswer, PathsQuestion, RankedPath } from "../../api/types";
import { isPassing, useAnswer } from "../../shared/useAnswer";
import { listKey, queryOf, sidesOf, SIDES, type PageQuestion, type Side } from "../question/question";
import type { Score } from "../question/scores";
import { litPathOf, litSource, rowWith, sameRow, type LitRow } from "./rows";

export interface List {
  side: Side;
  /** How many rows it asks for. */
  length: number;
  /** The last answer, which is an earlier question's while it is not `current`. */
  answer: PathsAnswer | null;
  /** What the answer is to. */
  asked: PageQuestion | null;
  /** Of the names in the answer. */
  revision: number;
  /** Whether the answer is the present question's, but perhaps for its length. */
  current: boolean;
  /** The same for lists whose answers are to one question; null while there is none. */
  subject: string | null;
  loading: boolean;
  error: ApiError | null;
  again: () => void;
}

interface Answered {
  page: PageQuestion;
  question: PathsQuestion;
  answer: PathsAnswer;
  revision: number;
}

interface ListProps {
  id: string;
  question: PageQuestion;
  scores: readonly Score[];
  /** Of the names of features, which the rows show. */
  revision: number;
  side: Side;
}

/** The lists that the question asks for, what raises the target first; the same array until one of them changes. */
export function useLists(id: string, question: PageQuestion, scores: readonly Score[], revision: number): List[] {
  const list = (side: Side) => ({ id, question, scores, revision, side });
  const [raises, lowers] = [useList(list("raises")), useList(list("lowers"))];
  return useMemo(() => {
    const lists = { raises, lowers };
    return SIDES.filter((side) => sidesOf(question).includes(side)).map((side) => lists[side]);
  }, [question, raises, lowers]);
}

function useList({ id, question, scores, revision, side }: ListProps): List {
  const asked = useMemo(() => queryOf(question, scores, side), [question, scores, side]);
  const { answer, loading, error, again } = useAnswer<Answered>(
    sidesOf(question).includes(side) ? JSON.stringify([id, asked, revision]) : null,
    async (signal) => ({ page: question, question: asked, answer: await getPaths(id, asked, signal), revision }),
  );
  return useMemo(() => {
    const current = answer !== null && listKey(answer.question) === listKey(asked);
    // A list stays while the server is away. A refused question has none, and no other's stands under its name.
    const stays = current || error === null || isPassing(error);
    const shown = stays ? answer : null;
    const subject = shown && JSON.stringify({ ...shown.question, side: null, k: 0 });
    return {
      side,
      length: asked.k ?? 0,
      answer: shown?.answer ?? null,
      asked: shown?.page ?? null,
      revision: shown?.revision ?? revision,
      current,
      subject,
      loading,
      error,
      again,
    };
  }, [side, asked, revision, answer, loading, error, again]);
}

/** Keeps the same paths lit where a list is read again because features have other names: their row may stand elsewhere. */
export function useKeptRow(lists: readonly List[], row: LitRow | null, onMoved: (row: LitRow | null) => void): void {
  const lit = useRef<{ row: LitRow; path: RankedPath; revision: number } | null>(null);
  const list = lists.find(({ side }) => side === row?.side);
  const answer = list?.answer ?? null;
  const revision = list?.revision ?? 0;
  // Before anything is painted, or another row would be lit for a moment.
  useLayoutEffect(() => {
    const before = lit.current;
    if (row && answer && before && sameRow(before.row, row) && before.revision !== revision) {
      const moved = rowWith(answer, before.path, row);
      lit.current = moved && { ...before, row: moved, revision };
      if (!sameRow(moved, row)) onMoved(moved);
      return;
    }
    const path = litPathOf(litSource(answer, row));
    lit.current = row && path && { row, path, revision };
  }, [row, answer, revision, onMoved]);
}

/** The lit row where its list is read and has no such row, as one of a stale address; else null. */
export function missedRow(lists: readonly List[], row: LitRow | null): LitRow | null {
  const list = lists.find(({ side }) => side === row?.side);
  if (!list?.current || list.loading) return null;
  return litSource(list.answer, row) === null ? row : null;
}
