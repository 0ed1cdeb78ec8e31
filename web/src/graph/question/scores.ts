/** A score in figures. What each score means is the server's to say: `GET /api/scores`. */
import type { ScoreName } from "../../api/types";
import { counted, percent, quantity } from "../../shared/format";

/** "mean weight". */
export const scoreName = (score: string): string => score.replaceAll("_", " ");

/** At the beginning of a sentence. */
export const titled = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Influence is a share of 1; the other scores are quantities, with a sign where they are negative. */
export const scoreText = (score: ScoreName, value: number, digits = 1): string =>
  score === "influence" ? percent(value, digits) : quantity(value);

/**
 * Digits after the point in a list whose largest score is `most`: two that count, where influences are small, as
 * they are where few paths fit the filters.
 */
export function scoreDigits(score: ScoreName, most: number): number {
  if (score !== "influence" || most <= 0) return 1;
  return Math.min(3, Math.max(1, 1 - Math.floor(Math.log10(most * 100))));
}

/** Whether a score says that its paths lower the target. The mean of a path's weights does not tell. */
export const lowers = (score: ScoreName, value: number): boolean => score === "contribution" && value < 0;

/** What a score on show leaves unsaid; undefined where that is nothing. */
export function scoreTitle(score: ScoreName, value: number, group: { size: number; members: number } | null): string | undefined {
  const effect = lowers(score, value) ? "lowers the target" : null;
  if (group === null || group.members === 1 || score === "influence") return effect ? "Lowers the target" : undefined;
  return (
    `Signed sum over ${counted(group.members, "path")}${effect ? `: ${effect}` : ""}. ` +
    `Their absolute sum ranks: ${scoreText(score, group.size)}`
  );
}
