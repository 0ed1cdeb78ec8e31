/** The question, its ranked answers, and how much of the influence they are. */
import { useState } from "react";
import type { PathsQuestion } from "../api/client";
import type { PathsAnswer, RankedPath } from "../api/types";
import { counted, percent } from "../format";
import type { GraphModel } from "../graph/model";
import { CoverageBar } from "./CoverageBar";
import { Icon } from "./Icon";
import { sameRow, type LitRow } from "./rows";
import { Sequence, stepOfGroup, stepOfNode, type Step } from "./Sequence";
import { TargetPicker } from "./TargetPicker";
import { Trouble } from "./Trouble";
import type { Paths } from "./usePaths";

/** How many paths are asked for, one "more" after another. */
const COUNTS = [10, 20, 50, 100];

interface PathListProps {
  model: GraphModel;
  paths: Paths;
  question: PathsQuestion;
  onQuestion: (question: PathsQuestion) => void;
  lit: LitRow | null;
  onLight: (row: LitRow | null) => void;
}

export function PathList({ model, paths, question, onQuestion, lit, onLight }: PathListProps) {
  const { answer, loading, error, retry } = paths;
  const shown = answer?.groups?.length ?? answer?.paths?.length ?? 0;
  const more = COUNTS.find((k) => k > question.k);
  // Fewer rows than asked for: there are no more.
  const hasMore = more !== undefined && shown >= question.k;
  const light = (row: LitRow) => onLight(sameRow(row, lit) ? null : row);
  return (
    <section className="paths" aria-labelledby="why" data-testid="paths">
      <div className="question">
        <h1 id="why">
          Why{" "}
          <TargetPicker
            model={model}
            value={question.target ?? answer?.target.id ?? null}
            onChange={(target) => onQuestion({ ...question, k: COUNTS[0] ?? 10, target })}
          />{" "}
          ?
        </h1>
        <div className="segmented" role="group" aria-label="Paths">
          {[true, false].map((grouped) => (
            <button
              key={String(grouped)}
              type="button"
              aria-pressed={question.grouped === grouped}
              disabled={grouped && model.record.n_labelled_nodes === 0}
              title={
                grouped && model.record.n_labelled_nodes === 0
                  ? "No feature of this graph has a label to group by"
                  : grouped ? "Sum over all paths through features with the same labels" : "One path through single nodes"
              }
              data-testid={grouped ? "mode-grouped" : "mode-single"}
              onClick={() => onQuestion({ ...question, k: COUNTS[0] ?? 10, grouped })}
            >
              {grouped ? "Grouped" : "Single"}
            </button>
          ))}
        </div>
      </div>
      {error && <Trouble error={error} title="The paths could not be ranked" onRetry={retry} />}
      <div className={loading && answer ? "rows is-loading" : "rows"} aria-busy={loading}>
        {answer === null && loading && <RowSkeleton />}
        {answer && shown === 0 && (
          <p className="empty-note">
            No path of two links or more leads from a token to this logit in the pruned graph.
          </p>
        )}
        {answer && <Rows model={model} answer={answer} lit={lit} onLight={light} />}
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

interface RowsProps {
  model: GraphModel;
  answer: PathsAnswer;
  lit: LitRow | null;
  onLight: (row: LitRow) => void;
}

function Rows({ model, answer, lit, onLight }: RowsProps) {
  const rows = answer.groups
    ? answer.groups.map((group) => ({
        score: group.score,
        steps: group.sequence.map(stepOfGroup),
        members: group.members,
        best: group.best_members,
      }))
    : (answer.paths ?? []).map((path) => ({
        score: path.score,
        steps: path.nodes.map(stepOfNode),
        members: null,
        best: [] as RankedPath[],
      }));
  const most = rows[0]?.score ?? 1;
  return (
    <ol>
      {rows.map((row, rank) => (
        <PathRow
          key={`${answer.group_by} ${answer.target.id} ${rank}`}
          model={model}
          rank={rank}
          share={row.score / most}
          {...row}
          lit={lit?.rank === rank ? lit : null}
          onLight={onLight}
        />
      ))}
    </ol>
  );
}

interface PathRowProps {
  model: GraphModel;
  rank: number;
  score: number;
  /** Of the first row's score: the bar's length. */
  share: number;
  steps: Step[];
  /** How many single paths a group sums; null for a single path. */
  members: number | null;
  best: readonly RankedPath[];
  lit: LitRow | null;
  onLight: (row: LitRow) => void;
}

function PathRow({ model, rank, score, share, steps, members, best, lit, onLight }: PathRowProps) {
  const [open, setOpen] = useState(false);
  const whole = lit !== null && lit.member === null;
  const opens = members !== null && members > 1 && best.length > 0;
  return (
    <li className={`path${whole ? " is-lit" : ""}${opens ? " opens" : ""}`} data-testid="path-row" data-rank={rank + 1} data-lit={whole}>
      <button
        type="button"
        className="path-button"
        aria-pressed={whole}
        onClick={() => onLight({ rank, member: null })}
      >
        <span className="path-line">
          <Sequence steps={steps} writeToken={model.writeToken} withLayers={members === null} />
          <span className="score">{percent(score)}</span>
        </span>
        <span className="bar" aria-hidden="true">
          <span style={{ width: `${share * 100}%` }} />
        </span>
      </button>
      {opens && (
        <button
          type="button"
          className={open ? "members is-open" : "members"}
          aria-expanded={open}
          data-testid="path-members"
          title="The strongest single paths among them"
          onClick={() => setOpen(!open)}
        >
          {counted(members, "path")}
          <Icon name="chevron" />
        </button>
      )}
      {opens && open && (
        <ul className="best">
          {best.map((path, member) => (
            <li key={member}>
              <button
                type="button"
                className={lit?.member === member ? "is-lit" : ""}
                aria-pressed={lit?.member === member}
                data-testid="member-row"
                onClick={() => onLight({ rank, member })}
              >
                <Sequence steps={path.nodes.map(stepOfNode)} writeToken={model.writeToken} withLayers />
                <span className="score">{percent(path.score)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </li>
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
