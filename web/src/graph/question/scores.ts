/** A score in figures. The server says what each score is and means: `GET /api/scores`. */
import type { ScoreAnswer, ScoreName } from "../../api/types";
import { counted, percent, quantity } from "../../shared/format";

export type Score = ScoreAnswer;

export function scoreNamed(scores: readonly Score[], name: ScoreName): Score {
  const score = scores.find((each) => each.name === name);
  if (!score) throw new Error(`The server does not list the score ${name}.`);
  return score;
}

/** The server lists its default first. */
export const defaultScore = (scores: readonly Score[]): ScoreName => scores[0]?.name ?? "influence";

/** "mean weight". */
export const scoreName = ({ name }: Pick<Score, "name">): string => name.replaceAll("_", " ");

/** `text` at the beginning of a sentence. */
export const titled = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A share in per cent; a quantity with its sign where it is negative. */
export const scoreText = (score: Score, value: number, digits = 1): string =>
  score.is_share ? percent(value, digits) : quantity(value);

/**
 * Digits after the point in a list whose largest score is `most`. Shares get two significant digits where they are
 * small, as they are where few paths fit the filters.
 */
export function scoreDigits(score: Score, most: number): number {
  if (!score.is_share || most <= 0) return 1;
  return Math.min(3, Math.max(1, 1 - Math.floor(Math.log10(most * 100))));
}

/** Whether a value says that its path lowers the target. */
export const lowers = (score: Score, value: number): boolean => score.signed && value < 0;

/** The part of a score's meaning that its figures do not show; undefined where they show all of it. */
export function scoreTitle(score: Score, value: number, group: { size: number; members: number } | null): string | undefined {
  const effect = lowers(score, value) ? "lowers the target" : null;
  if (group === null || group.members === 1 || score.is_share) return effect ? "Lowers the target" : undefined;
  return (
    `Signed sum over ${counted(group.members, "path")}${effect ? `: ${effect}` : ""}. ` +
    `Their absolute sum ranks: ${scoreText(score, group.size)}`
  );
}
