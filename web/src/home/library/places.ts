/** The rows of the library: its prompts, and below those that are open their graphs, each a row of the same height. */

/** A prompt that is open: its place among the prompts, and how many rows stand below it. */
export interface Open {
  at: number;
  n: number;
}

export interface Place {
  /** Among the prompts. */
  prompt: number;
  /** Among the rows below the prompt; null: the prompt's own row. */
  below: number | null;
}

/** What a row shows. `open`: ascending. */
export function placeOf(row: number, open: readonly Open[]): Place {
  let before = 0;
  for (const { at, n } of open) {
    const own = at + before;
    if (row <= own) break;
    if (row <= own + n) return { prompt: at, below: row - own - 1 };
    before += n;
  }
  return { prompt: row - before, below: null };
}

export const rowCount = (nPrompts: number, open: readonly Open[]): number => open.reduce((sum, { n }) => sum + n, nPrompts);
