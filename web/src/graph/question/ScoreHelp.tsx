/** The definition of each score in the server's words, behind a "?". */
import { Fragment, useRef, type ReactNode } from "react";
import { Dialog } from "../../shared/dialog/Dialog";
import { scoreName, type Score } from "./scores";
import "./ScoreHelp.css";

export function ScoreHelp({ scores }: { scores: readonly Score[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        className="icon-button score-help-button"
        aria-haspopup="dialog"
        aria-label="What the scores mean"
        title="What the scores mean"
        data-testid="score-help"
        onClick={() => dialog.current?.showModal()}
      >
        ?
      </button>
      <Dialog dialog={dialog} title="What paths are ranked by" width={600} testId="score-help-dialog">
        <div className="score-help-parts">
          {scores.map((score) => (
            <section key={score.name} data-testid="score-definition" data-score={score.name}>
              <h3>{scoreName(score)}</h3>
              <p>
                <Marked text={score.meaning} />
              </p>
              <dl>
                <Fact term="definition" text={score.definition} />
                <Fact term="unit" text={score.unit} />
                <Fact term="sign" text={score.sign} />
                <Fact term="order" text={score.order} />
                <Fact term="grouped" text={score.grouped ? "yes" : "no: single paths only"} />
              </dl>
            </section>
          ))}
        </div>
      </Dialog>
    </>
  );
}

function Fact({ term, text }: { term: string; text: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        <Marked text={text} />
      </dd>
    </div>
  );
}

/** The server's text, in which backticks mark names as code. */
function Marked({ text }: { text: string }): ReactNode {
  return text.split("`").map((part, at) => (at % 2 ? <code key={at}>{part}</code> : <Fragment key={at}>{part}</Fragment>));
}
