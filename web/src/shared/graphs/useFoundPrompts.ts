/** The prompts of stored graphs that have the words that are typed, once no key was pressed for a while. */
import { getPrompts } from "../../api/client";
import type { LibraryAnswer } from "../../api/types";
import { useSettled } from "../hooks/useSettled";
import { useAnswer, type Asked } from "../useAnswer";

/** Milliseconds without a key before the server is asked. */
const PAUSE = 200;

interface FoundPrompts extends Asked<LibraryAnswer> {
  /** What was asked for last. */
  sought: string;
}

/** `typed`: null: nothing is asked. `most`: prompts that are listed. */
export function useFoundPrompts(typed: string | null, most: number): FoundPrompts {
  const sought = useSettled((typed ?? "").trim(), PAUSE);
  const asked = useAnswer(typed === null ? null : `prompts ${sought}`, (signal) => getPrompts({ search: sought, limit: most }, signal));
  return { ...asked, sought };
}
