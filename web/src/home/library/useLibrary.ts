/** The prompts of the library that are in sight, asked for a page at a time and kept up to date. */
import { useCallback, useEffect, useReducer } from "react";
import { asApiError, getPrompts, type ApiError } from "../../api/client";
import type { LibraryAnswer, ListedPrompt } from "../../api/types";
import { useAnswer } from "../../shared/useAnswer";
import { addressOf, PAGE, questionOf, type LibraryAsked } from "./asked";

/** Pages that are kept: those that were in sight last. */
const KEPT = 20;

interface Listed {
  /** What was asked for; null: nothing is answered yet. */
  of: string | null;
  pages: ReadonlyMap<number, readonly ListedPrompt[]>;
  nPrompts: number;
  nGraphs: number;
}

interface Answered extends Listed {
  of: string;
}

const NOTHING: Listed = { of: null, pages: new Map(), nPrompts: 0, nGraphs: 0 };

/** The list after an answer: pages of the same question stay beside the new ones. */
function listedAfter(before: Listed, answered: Answered): Listed {
  const others = before.of === answered.of ? [...before.pages].filter(([page]) => !answered.pages.has(page)) : [];
  return { ...answered, pages: new Map([...others.slice(-KEPT), ...answered.pages]) };
}

export interface Library {
  /** Null until the server has answered once. */
  listed: Listed | null;
  /** Whether what is listed is another question's. */
  isOld: boolean;
  prompt: (at: number) => ListedPrompt | null;
  error: ApiError | null;
}

const NONE: LibraryAnswer = { prompts: [], n_prompts: 0, n_graphs: 0 };

/** A collection that is not there, any more, has no graphs. */
const noneIfGone = (reason: unknown): LibraryAnswer => {
  if (asApiError(reason).error === "CollectionNotFound") return NONE;
  throw reason;
};

/** `pages`: those in sight. `every`: milliseconds until they are asked for again. `stamp`: with another one they are at once. */
export function useLibrary(asked: LibraryAsked, pages: readonly number[], every: number, stamp: number): Library {
  const of = addressOf(asked);
  const [listed, dispatch] = useReducer(listedAfter, NOTHING);
  const { answer, error } = useAnswer(
    JSON.stringify([of, pages, stamp]),
    async (signal): Promise<Answered> => {
      const answers = await Promise.all(pages.map((page) => getPrompts(questionOf(asked, page), signal).catch(noneIfGone)));
      const last = answers.at(-1) ?? NONE;
      const found = answers.map(({ prompts }, at): [number, readonly ListedPrompt[]] => [pages[at] ?? 0, prompts]);
      return { of, pages: new Map(found), nPrompts: last.n_prompts, nGraphs: last.n_graphs };
    },
    every,
  );
  useEffect(() => {
    if (answer) dispatch(answer);
  }, [answer]);
  const prompt = useCallback((at: number) => listed.pages.get(Math.floor(at / PAGE))?.[at % PAGE] ?? null, [listed]);
  return { listed: listed.of === null ? null : listed, isOld: listed.of !== of, prompt, error };
}
