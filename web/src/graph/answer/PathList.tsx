/** The question, its ranked answers, and how much of the influence they are. */
import type { CSSProperties } from "react";
import type { ApiError } from "../../api/client";
import type { PathsAnswer, ScoreAnswer } from "../../api/types";
import { counted } from "../../shared/format";
import type { GraphModel } from "../model/model";
import { CoverageBar } from "./CoverageBar";
import { FilterChips } from "../question/FilterChips";
import { GroupPicker } from "../question/GroupPicker";
import { PathRow } from "./PathRow";
import { changed, COUNTS, isFiltered, listKey, withFilter, type PageQuestion } from "../question/question";
import { opens, rowsOf, sameRow, type LitRow } from "./rows";
import { ScorePicker } from "../question/ScorePicker";
import { TargetPicker } from "../question/TargetPicker";
import { Trouble } from "../../shared/Trouble";
import type { Paths } from "./usePaths";

interface PathListProps {
  model: GraphModel;
  scores: readonly ScoreAnswer[];
  paths: Paths;
  question: PageQuestion;
  onQuestion: (question: PageQuestion) => void;
  lit: LitRow | null;
  onLight: (row: LitRow | null) => void;
}

export function PathList({ model, scores, paths, question, onQuestion, lit, onLight }: PathListProps) {
  const { answer, question: answered, loading, error, retry } = paths;
  const shown = answer?.groups?.length ?? answer?.paths?.length ?? 0;
  const more = COUNTS.find((k) => k > question.k);
  // Fewer rows than asked for: there are no more.
  const hasMore = more !== undefined && shown >= question.k;
  const light = (row: LitRow) => onLight(sameRow(row, lit) ? null : row);
  const change = (to: Partial<PageQuestion>) => onQuestion(changed(question, to));
  return (
    <section className="paths" aria-labelledby="why" data-testid="paths">
      <div className="question">
        <h1 id="why">
          Why{" "}
          <TargetPicker
            model={model}
            value={question.target ?? answer?.targets[0]?.node.id ?? null}
            onChange={(target) => change({ target })}
          />{" "}
          ?
        </h1>
        <GroupPicker model={model} question={question} scores={scores} onChange={change} />
        <FilterChips
          model={model}
          question={question}
          onRemove={(filter, id) => onQuestion(withFilter(question, filter, id))}
        />
      </div>
      <ScorePicker scores={scores} value={question.score} onChange={(score) => change({ score })} />
      {error && <Refusal error={error} onRetry={retry} />}
      <div className={loading && answer ? "rows is-loading" : "rows"} aria-busy={loading}>
        {answer === null && loading && <RowSkeleton />}
        {answer && shown === 0 && (
          <p className="empty-note">
            No path of two links or more leads from a token to this logit{" "}
            {answered && isFiltered(answered) ? "and fits the filters above." : "in the pruned graph."}
          </p>
        )}
        {answer && <Rows key={answered ? listKey(answered) : ""} model={model} answer={answer} lit={lit} onLight={light} />}
        {answer && hasMore && (
          <button
            type="button"
            className="more"
            disabled={loading}
            data-testid="more"
            onClick={() => onQuestion({ ...question, k: more })}
          >
            {loading ? "Ranking…" : `Show ${more}`}
          </button>
        )}
      </div>
      {answer && <CoverageBar answer={answer} shown={shown} />}
    </section>
  );
}

/** The server's sentence. What it refuses, it refuses again: only another question helps. */
function Refusal({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const isRefused = error.status >= 400 && error.status < 500;
  return <Trouble error={error} title="The paths could not be ranked" {...(isRefused ? {} : { onRetry })} />;
}

interface RowsProps {
  model: GraphModel;
  answer: PathsAnswer;
  lit: LitRow | null;
  onLight: (row: LitRow) => void;
}

function Rows({ model, answer, lit, onLight }: RowsProps) {
  const rows = rowsOf(answer, model);
  const most = rows.reduce((largest, { size }) => Math.max(largest, size), 0);
  // Bars are compared, so all of them leave the room that the longest "28 paths" takes.
  const room = rows.filter(opens).reduce((longest, { members }) => Math.max(longest, counted(members ?? 1, "path").length), 0);
  const style = { "--members": `${room}ch` } as CSSProperties;
  return (
    <ol className={room > 0 ? "opens" : ""} style={style}>
      {rows.map((row, rank) => (
        <PathRow
          key={rank}
          model={model}
          rank={rank}
          row={row}
          score={answer.score}
          most={most}
          lit={lit?.rank === rank ? lit : null}
          onLight={onLight}
        />
      ))}
    </ol>
  );
}

function RowSkeleton() {
  return (
    <div className="skeleton" role="status" aria-label="The paths are being ranked">
      {Array.from({ length: 8 }, (_, at) => (
        <span key={at} />
      ))}
    </div>
  );
}
