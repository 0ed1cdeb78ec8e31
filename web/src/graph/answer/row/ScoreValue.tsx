/** A path's score in figures; a negative one in the colour of links that inhibit. */
import { scoreText, scoreTitle, type Score } from "../../question/scores";
import "./ScoreValue.css";

interface ScoreValueProps {
  score: Score;
  value: number;
  digits: number;
  /** A group's sum of absolute scores and its count of members. */
  group?: { size: number; members: number } | null;
  /** What there is to say of a value whose score says no more. */
  title?: string;
}

export function ScoreValue({ score, value, digits, group = null, title }: ScoreValueProps) {
  return (
    <span className={value < 0 ? "score-value is-negative" : "score-value"} title={scoreTitle(score, value, group) ?? title}>
      {scoreText(score, value, digits)}
    </span>
  );
}
