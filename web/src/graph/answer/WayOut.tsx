/** An answer without a path: what empties it, and buttons that take it away. */
import { getPaths } from "../../api/client";
import { useAnswer } from "../../shared/useAnswer";
import type { GraphModel } from "../model/model";
import { filtersOf, filterText, type NamedFilter } from "../question/filters";
import { queryOf, withFilter, type Filter, type PageQuestion } from "../question/question";
import type { Score } from "../question/scores";
import "./WayOut.css";

interface WayOutProps {
  model: GraphModel;
  scores: readonly Score[];
  question: PageQuestion;
  onChange: (change: Partial<PageQuestion>) => void;
  onFilter: (filter: Filter, id: string) => void;
}

/** Whether any path answers a question, whichever side it is on unless the question says one. */
async function hasPaths(id: string, question: PageQuestion, scores: readonly Score[], signal: AbortSignal): Promise<boolean> {
  const { side, ...asked } = queryOf(question, scores, question.side ?? "raises");
  const answer = await getPaths(id, { ...asked, ...(question.side ? { side } : {}), k: 1, best_members: 0 }, signal);
  return (answer.groups ?? answer.paths ?? []).length > 0;
}

export function WayOut({ model, scores, question, onChange, onFilter }: WayOutProps) {
  const filters = filtersOf(model, question);
  const { id } = model.record;
  // The server is asked the question once more without each of them.
  const without = useAnswer(JSON.stringify([id, question]), (signal) =>
    Promise.all(filters.map(({ filter, id: node }) => hasPaths(id, withFilter(question, filter, node), scores, signal))),
  );
  if (filters.length === 0) return null;
  const helping = without.answer && !without.loading ? filters.filter((_, at) => without.answer?.[at]) : null;
  return (
    <div className="way-out" data-testid="way-out">
      <p className="muted" role="status">
        {without.error ? without.error.detail : helping === null ? "Looking for what empties the list…" : said(helping, filters)}
      </p>
      {helping?.map((each) => (
        <button key={`${each.filter} ${each.id}`} type="button" data-testid="drop-filter" onClick={() => onFilter(each.filter, each.id)}>
          Drop “{filterText(each)}”
        </button>
      ))}
      {(filters.length > 1 || helping?.length === 0) && (
        <button type="button" data-testid="drop-all" onClick={() => onChange({ through: [], avoid: [] })}>
          Drop all filters
        </button>
      )}
    </div>
  );
}

function said(helping: readonly NamedFilter[], all: readonly NamedFilter[]): string {
  if (helping.length === 0) return all.length > 1 ? "Dropping one of the filters is not enough." : "Not for the filter alone.";
  return all.length > 1 ? "There are paths without one of these:" : "There are paths without it:";
}
