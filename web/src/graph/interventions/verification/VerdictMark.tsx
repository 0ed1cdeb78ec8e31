/** What the model says of a row: a word, with the figures in its title. */
import type { RowVerdict } from "./verdicts";
import "./VerdictMark.css";

export function VerdictMark({ verdict: { verdict, linkFails, title } }: { verdict: RowVerdict }) {
  const text = linkFails ? "link fails" : verdict;
  return (
    <span className={verdict === "holds" && !linkFails ? "verdict-mark is-holding" : "verdict-mark"} title={title} data-testid="row-verdict">
      <span className="unseen">Tested in the model: </span>
      {text}
    </span>
  );
}
