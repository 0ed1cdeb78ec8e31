/** An answer without a path: what empties it, and buttons that take it away. */
import { ApiError, getPaths } from "../../api/client";
import { useAnswer } from "../../shared/useAnswer";
import type { GraphModel } from "../model/model";
import { restrictionsOf, type Restriction } from "../question/filters/restrictions";
import { changed, NO_FILTERS, queryOf, sidesOf, type PageQuestion } from "../question/question";
import type { Score } from "../question/scores";
import "./WayOut.css";

interface WayOutProps {
  model: GraphModel;
  scores: readonly Score[];
  question: PageQuestion;
  onChange: (change: Partial<PageQuestion>) => void;
}

/** Whether any path answers a question, whichever side it is on unless the question says one. */
async function hasPaths(id: string, question: PageQuestion, scores: readonly Score[], signal: AbortSignal): Promise<boolean> {
  const { side, ...asked } = queryOf(question, scores, sidesOf(question)[0] ?? "raises");
  try {
    const answer = await getPaths(id, { ...asked, ...(question.side && side ? { side } : {}), k: 1, best_members: 0 }, signal);
    return (answer.groups ?? answer.paths ?? []).length > 0;
  } catch (reason) {
    // A question that is refused is no way out either.
    if (reason instanceof ApiError && reason.status === 422) return false;
    throw reason;
  }
}

export function WayOut({ model, scores, question, onChange }: WayOutProps) {
  const restrictions = restrictionsOf(model, question);
  const { id } = model.record;
  // The server is asked the question once more without each of them.
  const without = useAnswer(JSON.stringify([id, question]), (signal) =>
    Promise.all(restrictions.map((one) => hasPaths(id, changed(question, one.without), scores, signal))),
  );
  if (restrictions.length === 0) return null;
  const helping = without.answer && !without.loading ? restrictions.filter((_, at) => without.answer?.[at]) : null;
  return (
    <div className="way-out" data-testid="way-out">
      <p className="muted" role="status">
        {without.error ? without.error.detail : helping === null ? "Looking for what empties the list…" : said(helping, restrictions)}
      </p>
      {helping?.map((one) => (
        <button key={one.key} type="button" data-testid="drop-filter" onClick={() => onChange(one.without)}>
          Drop “{one.text}”
        </button>
      ))}
      {(restrictions.length > 1 || helping?.length === 0) && (
        <button type="button" data-testid="drop-all" onClick={() => onChange(NO_FILTERS)}>
          Drop all filters
        </button>
      )}
    </div>
  );
}

function said(helping: readonly Restriction[], all: readonly Restriction[]): string {
  if (helping.length === 0) return all.length > 1 ? "Dropping one of the filters is not enough." : "Not for the filter alone.";
  return all.length > 1 ? "There are paths without one of these:" : "There are paths without it:";
}
