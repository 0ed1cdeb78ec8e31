/** How many rows a list takes until a wanted share of the influence is covered. */
import type { PathsAnswer } from "../../../api/types";
import type { Side } from "../../question/question";

/** Shares that can be wanted. */
export const WANTED = [0.1, 0.25, 0.5, 0.75, 0.9];

export interface Counts {
  /** Rows of each list. */
  k: Partial<Record<Side, number>>;
  /** The share of the influence that they cover. */
  covered: number;
  rows: number;
  /** Whether that is as much as is wanted. */
  reached: boolean;
}

/** The fewest rows from the tops of the lists, a row at a time from the list whose next one carries more. */
export function countsUntil(lists: readonly { side: Side; answer: PathsAnswer }[], wanted: number): Counts {
  const queues = lists.map(({ side, answer }) => ({
    side,
    carried: [...(answer.groups ?? []), ...(answer.paths ?? [])].map(({ effect }) => effect.raising + effect.lowering),
    at: 0,
  }));
  let covered = 0;
  while (covered < wanted) {
    const next = queues.filter(({ carried, at }) => at < carried.length).sort((a, b) => (b.carried[b.at] ?? 0) - (a.carried[a.at] ?? 0))[0];
    if (!next) break;
    covered += next.carried[next.at] ?? 0;
    next.at += 1;
  }
  return {
    k: Object.fromEntries(queues.map(({ side, at }) => [side, Math.max(1, at)])),
    covered,
    rows: queues.reduce((sum, { at }) => sum + at, 0),
    reached: covered >= wanted,
  };
}
