/**
 * graph/answer/: what raises the target and what lowers it, how much of the influence that is, and the lit row in words.
 *
 *     PathList -> SideList -> row/PathRow -> Sequence | ScoreValue, PathList -> coverage/CoverageBar -> Until;  groups/GroupsLine | WayOut;  PathDetail
 *     PathList -> copy/CopyMenu -> words.ts | table.ts | CypherDialog -> cypher.ts;  all -> sentence.ts
 *     useLists.ts | useFlow.ts (the server's answers);  all -> rows.ts -> steps.ts
 */
import { memo } from "react";
import { Trouble } from "../../shared/Trouble";
import { isPassing } from "../../shared/useAnswer";
import type { VerdictOf } from "../interventions/verification/verdicts";
import type { GraphModel } from "../model/model";
import { conditionsText, restrictionsOf } from "../question/filters/restrictions";
import { isFiltered, listKey, type PageQuestion } from "../question/question";
import { scoreDigits, scoreNamed, type Score } from "../question/scores";
import { CopyMenu } from "./copy/CopyMenu";
import { CoverageBar } from "./coverage/CoverageBar";
import { GroupsLine } from "./groups/GroupsLine";
import { distinctSteps, rowsOf, type LitRow, type Row } from "./rows";
import { sentence, targetText, type ListedRows } from "./sentence";
import { roomOf, SideList } from "./SideList";
import type { List } from "./useLists";
import { WayOut } from "./WayOut";
import { Skeleton } from "../../shared/list/Skeleton";
import "./PathList.css";

interface PathListProps {
  model: GraphModel;
  scores: readonly Score[];
  question: PageQuestion;
  lists: readonly List[];
  lit: LitRow | null;
  onLight: (row: LitRow) => void;
  /** The pointer is over a row; null: over none. */
  onHover: (row: LitRow | null) => void;
  onLonger: (k: Partial<PageQuestion["k"]>) => void;
  onChange: (change: Partial<PageQuestion>) => void;
  /** Leads to what is said of the lit row. */
  onDetails: () => void;
  /** What the model says of a row; null: nothing was tested. */
  verdictOf: VerdictOf | null;
}

export const PathList = memo(function PathList({ model, scores, question, lists, lit, onLight, onHover, onLonger, onChange, onDetails, verdictOf }: PathListProps) {
  const failed = lists.find(({ error }) => error !== null);
  const listed = rowsOfLists(lists, model, scores);
  const rows = listed.flatMap((list) => list.rows);
  const isWhole = lists.every(({ current }) => current);
  // One list may be answered before the other. What is said of both is of one question.
  const isOne = new Set(lists.map(({ subject }) => subject)).size === 1;
  const isEmpty = isWhole && rows.length === 0;
  const most = rows.reduce((largest, { size }) => Math.max(largest, size), 0);
  const largest = rows.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
  const asked = lists[0]?.asked ?? question;
  const conditions = conditionsText(restrictionsOf(model, asked));
  const said = sentence(listed, model.writeToken, { question: asked, conditions });
  return (
    <>
      {failed?.error && (
        <Refusal list={failed} hasRows={rows.length > 0} onRetry={() => lists.forEach(({ error, again }) => error && again())} />
      )}
      <div className="path-list" data-testid="lists" data-current={isWhole}>
        {isOne && listed[0] && <GroupsLine model={model} question={question} answer={listed[0].answer} onChange={onChange} />}
        {rows.length > 0 && (
          <div className="path-list-said">
            <details className="path-list-sentence" data-testid="sentence">
              <summary>
                <span className="path-list-first">{isOne ? said[0] : "Ranking…"}</span>
              </summary>
              {isOne && <p>{said[1]}</p>}
            </details>
            {isOne && listed[0] && (
              <CopyMenu
                model={model}
                scores={scores}
                score={scoreNamed(scores, listed[0].answer.score)}
                question={asked}
                lists={listed}
                sentence={said}
                conditions={conditions}
              />
            )}
          </div>
        )}
        {listed.length === 0 && lists.some(({ loading }) => loading) && <Skeleton label="The paths are being ranked" n={8} />}
        {listed.map(({ side, answer, rows: own }) => {
          const list = lists.find((each) => each.side === side);
          const score = scoreNamed(scores, answer.score);
          return (
            list && (
              <SideList
                // Another question's rows are closed.
                key={`${side} ${listKey(question)}`}
                model={model}
                list={list}
                rows={own}
                target={targetText(answer, model.writeToken)}
                isToken={answer.targets.every(({ node }) => node.kind === "logit")}
                score={score}
                most={most}
                digits={scoreDigits(score, largest)}
                room={roomOf(rows)}
                isFiltered={isFiltered(question)}
                lit={lit}
                onLight={onLight}
                onHover={onHover}
                onLonger={(length) => onLonger({ [side]: length })}
                onDetails={onDetails}
                verdictOf={verdictOf}
              />
            )
          );
        })}
        {isEmpty && question.side !== null && (
          <p className="path-list-both">
            <button type="button" data-testid="show-both" onClick={() => onChange({ side: null })}>
              Show both sides
            </button>
          </p>
        )}
        {(isEmpty || failed?.error?.status === 422) && <WayOut model={model} scores={scores} question={question} onChange={onChange} />}
      </div>
      {isOne && rows.length > 0 && (
        <CoverageBar
          answers={listed.map(({ answer }) => answer)}
          shown={rows.length}
          question={asked}
          scores={scores}
          onLonger={onLonger}
        />
      )}
    </>
  );
});

/** The rows of the lists that have an answer, of which no two read alike, in whichever list they stand. */
function rowsOfLists(lists: readonly List[], model: GraphModel, scores: readonly Score[]): ListedRows[] {
  const answered = lists.flatMap(({ side, answer }) => (answer ? [{ side, answer, rows: rowsOf(answer, model, scoreNamed(scores, answer.score)) }] : []));
  const steps = distinctSteps(answered.flatMap(({ rows }) => rows.map((row) => row.steps)));
  let at = 0;
  return answered.map((list) => ({ ...list, rows: list.rows.map((row): Row => ({ ...row, steps: steps[at++] ?? row.steps })) }));
}

/** The server's sentence. A refused question would be refused again, so only a failed one can be retried. */
function Refusal({ list: { error, answer, current }, hasRows, onRetry }: { list: List; hasRows: boolean; onRetry: () => void }) {
  if (!error) return null;
  if (isPassing(error)) {
    const isKept = hasRows && answer !== null;
    const kept = !isKept ? "The" : current ? "What is listed stays; the" : "These are the rows of the question before; the";
    return (
      <Trouble
        error={error}
        title={isKept ? "Not current" : "The paths could not be ranked"}
        detail={`${error.detail} ${kept} page keeps trying.`}
        onRetry={onRetry}
      />
    );
  }
  const isRefused = error.status >= 400 && error.status < 500;
  return <Trouble error={error} title="The paths could not be ranked" {...(isRefused ? {} : { onRetry })} />;
}

