/** The target's influence as a bar: the shares in the lists, the shares elsewhere, and the share that is lost. */
import type { PathsAnswer } from "../../../api/types";
import { count, percent } from "../../../shared/format";
import { listKey, type PageQuestion } from "../../question/question";
import type { Score } from "../../question/scores";
import { Until } from "./Until";
import { coverageOf, covered, meanings, segments } from "./coverage";
import "./CoverageBar.css";

interface CoverageBarProps {
  /** Of all lists, for one question. */
  answers: readonly PathsAnswer[];
  /** Their rows together. */
  shown: number;
  question: PageQuestion;
  scores: readonly Score[];
  onLonger: (k: Partial<PageQuestion["k"]>) => void;
}

export function CoverageBar({ answers, shown, question, scores, onLonger }: CoverageBarProps) {
  const coverage = coverageOf(answers, question);
  const [answer] = answers;
  if (coverage === null || answer === undefined) return null;
  const parts = segments(coverage);
  const meaning = meanings(parts);
  const selected = answer.n_selected_features;
  const active = answer.n_active_features;
  const partial = selected !== null && active !== null && selected < active;
  return (
    <div className="coverage-bar" data-testid="coverage" data-covered={covered(coverage)}>
      <div className="coverage-bar-head">
        <p>
          {theseCarry(shown)} <b>{percent(covered(coverage))}</b> of the influence
        </p>
        <Until
          // Another question covers other shares.
          key={listKey(question)}
          id={answer.graph}
          question={question}
          scores={scores}
          answer={answer}
          covered={covered(coverage)}
          onLonger={onLonger}
        />
      </div>
      <div
        className="coverage-bar-strip"
        role="img"
        aria-label={parts.map((part) => `${meaning[part.name].name} ${percent(part.share)}`).join(", ")}
      >
        {parts.map((part) => (
          <span
            key={part.name}
            className={`coverage-bar-${part.name}`}
            style={{ flexGrow: part.share }}
            title={`${meaning[part.name].title}: ${percent(part.share)}`}
          />
        ))}
      </div>
      <ul className="coverage-bar-key">
        {parts.map((part) => (
          <li key={part.name} title={meaning[part.name].title}>
            <span className={`swatch coverage-bar-${part.name}`} />
            {meaning[part.name].name} <span className="figure">{percent(part.share).replace(" %", "")}</span>
          </li>
        ))}
      </ul>
      {answer.difference_is_exact === false && (
        <details className="coverage-bar-note">
          <summary>Difference over the links that pruning kept</summary>
          Inputs of the two logits that pruning removed are not in it.
        </details>
      )}
      {partial && (
        <p className="coverage-bar-note">
          Shares are over {count(selected)} of {count(active)} active features.
        </p>
      )}
    </div>
  );
}

/** Paths carry influence, whichever score ranks the list. */
function theseCarry(shown: number): string {
  if (shown === 0) return "No path here carries any:";
  return shown === 1 ? "This one carries" : `These ${count(shown)} carry`;
}
