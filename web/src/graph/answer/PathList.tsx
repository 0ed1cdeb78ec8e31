/**
 * graph/answer/: the ranked paths, how much of the influence they carry, and the lit one in words.
 *
 *     PathList -> row/PathRow -> Sequence | ScoreValue, PathList -> CoverageBar | sentence.ts;  PathDetail;  all -> rows.ts -> steps.ts
 */
import type { CSSProperties } from "react";
import type { ApiError } from "../../api/client";
import type { PathsAnswer, PathsQuestion } from "../../api/types";
import { counted } from "../../shared/format";
import { Trouble } from "../../shared/Trouble";
import type { GraphModel } from "../model/model";
import { COUNTS, isFiltered, listKey } from "../question/question";
import { scoreNamed, type Score } from "../question/scores";
import { CoverageBar } from "./CoverageBar";
import { PathRow } from "./row/PathRow";
import { canOpen, rowsOf, type LitRow } from "./rows";
import { sentence } from "./sentence";
import type { Paths } from "./usePaths";
import "./PathList.css";

interface PathListProps {
  model: GraphModel;
  scores: readonly Score[];
  paths: Paths;
  /** How many rows are asked for. */
  length: number;
  lit: LitRow | null;
  onLight: (row: LitRow) => void;
  /** The pointer is over a row; null: over none. */
  onHover: (row: LitRow | null) => void;
  onLonger: (length: number) => void;
}

export function PathList({ model, scores, paths, length, lit, onLight, onHover, onLonger }: PathListProps) {
  const { answer, question, loading, error, retry } = paths;
  const shown = answer?.groups?.length ?? answer?.paths?.length ?? 0;
  const longer = COUNTS.find((count) => count > length);
  // Fewer rows than asked for: there are no more.
  const hasMore = longer !== undefined && shown >= length;
  return (
    <>
      {error && <Refusal error={error} onRetry={retry} />}
      <div className={loading && answer ? "path-list is-loading" : "path-list"} aria-busy={loading}>
        {answer === null && loading && <RowSkeleton />}
        {answer && shown === 0 && (
          <p className="path-list-empty">
            No path of two links or more {reaches(answer, question)}{" "}
            {question && isFiltered(question) ? "and fits the filters above." : "in the pruned graph."}
          </p>
        )}
        {answer && (
          <Rows
            key={question ? listKey(question) : ""}
            model={model}
            answer={answer}
            score={scoreNamed(scores, answer.score)}
            lit={lit}
            onLight={onLight}
            onHover={onHover}
          />
        )}
        {answer && hasMore && (
          <button
            type="button"
            className="path-list-more"
            disabled={loading}
            data-testid="more"
            onClick={() => onLonger(longer)}
          >
            {loading ? "Ranking…" : `Show ${longer}`}
          </button>
        )}
      </div>
      {answer && <CoverageBar answer={answer} shown={shown} />}
    </>
  );
}

/** "leads from a token to this logit", "raises this logit". */
function reaches(answer: PathsAnswer, question: PathsQuestion | null): string {
  if (!question?.side) return "leads from a token to this logit";
  return `${question.side} this logit${answer.groups ? " on balance" : ""}`;
}

/** The server's sentence. A refused question would be refused again, so only a failed one can be retried. */
function Refusal({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const isRefused = error.status >= 400 && error.status < 500;
  return <Trouble error={error} title="The paths could not be ranked" {...(isRefused ? {} : { onRetry })} />;
}

interface RowsProps {
  model: GraphModel;
  answer: PathsAnswer;
  score: Score;
  lit: LitRow | null;
  onLight: (row: LitRow) => void;
  onHover: (row: LitRow | null) => void;
}

function Rows({ model, answer, score, lit, onLight, onHover }: RowsProps) {
  const rows = rowsOf(answer, model);
  const [first, rest] = sentence(answer, rows, model.writeToken);
  const most = rows.reduce((largest, { size }) => Math.max(largest, size), 0);
  // Bars are compared, so all of them leave room for the longest "28 paths".
  const room = rows.filter(canOpen).reduce((longest, { members }) => Math.max(longest, counted(members ?? 1, "path").length), 0);
  const style = { "--members": `${room}ch` } as CSSProperties;
  return (
    <>
      {rows.length > 0 && (
        <details className="path-list-sentence" data-testid="sentence">
          <summary>{first}</summary>
          <p>{rest}</p>
        </details>
      )}
      <ol className={room > 0 ? "path-list-rows has-members" : "path-list-rows"} style={style}>
        {rows.map((row, rank) => (
          <PathRow
            key={rank}
            model={model}
            rank={rank}
            row={row}
            score={score}
            most={most}
            lit={lit?.rank === rank ? lit : null}
            onLight={onLight}
            onHover={onHover}
          />
        ))}
      </ol>
    </>
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
