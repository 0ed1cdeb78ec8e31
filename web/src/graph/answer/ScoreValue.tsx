/** A path's score in figures; a negative one in the colour of links that inhibit. */
import type { ScoreName } from "../../api/types";
import { scoreText, scoreTitle } from "../question/scores";

interface ScoreValueProps {
  score: ScoreName;
  value: number;
  digits: number;
  /** Of a group: the sum of its members' absolute scores, and how many they are. */
  group?: { size: number; members: number } | null;
}

export function ScoreValue({ score, value, digits, group = null }: ScoreValueProps) {
  return (
    <span className={value < 0 ? "score negative" : "score"} title={scoreTitle(score, value, group)}>
      {scoreText(score, value, digits)}
    </span>
  );
}
