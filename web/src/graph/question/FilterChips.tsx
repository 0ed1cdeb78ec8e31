/** The nodes that paths must go through or around; a click removes one. */
import { Icon } from "../../shared/Icon";
import type { GraphModel } from "../model/model";
import { filtersOf } from "./filters";
import type { Filter, PageQuestion } from "./question";
import "./FilterChips.css";

interface FilterChipsProps {
  model: GraphModel;
  question: Pick<PageQuestion, Filter>;
  onRemove: (filter: Filter, id: string) => void;
}

export function FilterChips({ model, question, onRemove }: FilterChipsProps) {
  const filters = filtersOf(model, question);
  if (filters.length === 0) return null;
  return (
    <ul className="filter-chips" aria-label="Filters" data-testid="filters">
      {filters.map(({ filter, word, id, entry, title }) => (
        <li key={`${filter} ${id}`}>
          <button
            type="button"
            className="chip filter-chips-chip"
            title={`Only paths ${title}. Click to remove`}
            data-testid={`filter-${word}`}
            data-node-id={id}
            onClick={() => onRemove(filter, id)}
          >
            <span className="muted">{word}</span>
            <span className="filter-chips-name ellipsis">{entry.name.text}</span>
            <span className="filter-chips-where ellipsis">
              {entry.note && `${entry.note} `}
              <span className="token">{entry.place}</span>
            </span>
            <span className="unseen">: remove this filter</span>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
