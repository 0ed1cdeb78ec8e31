/** What restricts the paths: each can be changed, turned round and removed. */
import { Fragment } from "react";
import { Icon } from "../../../shared/Icon";
import type { GraphModel } from "../../model/model";
import type { PageQuestion } from "../question";
import { turned, type Edited } from "./edited";
import { restrictionsOf, type Restriction } from "./restrictions";
import "./FilterChips.css";

interface FilterChipsProps {
  model: GraphModel;
  question: PageQuestion;
  onChange: (change: Partial<PageQuestion>) => void;
  onEdit: (filter: NonNullable<Edited>) => void;
}

/** Items of a list that the form shows in one line with its other parts. */
export function FilterChips({ model, question, onChange, onEdit }: FilterChipsProps) {
  const restrictions = restrictionsOf(model, question);
  if (restrictions.length === 0) return null;
  return (
    <ul className="filter-chips" aria-label="Filters" data-testid="filters">
      {restrictions.map((one) => (
        <li key={one.key} className="filter-chips-chip">
          <Named restriction={one} onEdit={onEdit} />
          {one.filter !== null && one.filter.filter !== "source" && (
            <button
              type="button"
              className="filter-chips-act"
              aria-label={`${one.text}: turn round`}
              title={one.filter.filter === "through" ? "Turn round: paths around it" : "Turn round: paths through it"}
              data-testid="turn-filter"
              onClick={() => one.filter && onChange(turned(question, one.filter))}
            >
              <Icon name="turn" />
            </button>
          )}
          <button
            type="button"
            className="filter-chips-act"
            aria-label={`${one.text}: remove`}
            title="Remove"
            data-testid="remove-filter"
            onClick={() => onChange(one.without)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Named({ restriction: { word, filter, entries, text, title }, onEdit }: { restriction: Restriction; onEdit: (filter: NonNullable<Edited>) => void }) {
  if (filter === null) {
    return (
      <span className="filter-chips-text" title={title} data-testid="filter-other">
        {text}
      </span>
    );
  }
  return (
    <button
      type="button"
      className="filter-chips-text"
      title={`Only paths ${title}. Click to change`}
      data-testid={`filter-${word}`}
      data-selector={filter.selector}
      onClick={() => onEdit(filter)}
    >
      <span className="muted">{word}</span>
      {entries.map(({ name, note, place }, at) => (
        <Fragment key={at}>
          {at > 0 && <span className="muted">or</span>}
          <span className={name.isToken ? "token ellipsis" : "ellipsis"}>{name.text}</span>
          {(note !== null || place !== null) && (
            <span className="filter-chips-where ellipsis">
              {note && `${note} `}
              {place && <span className="token">{place}</span>}
            </span>
          )}
        </Fragment>
      ))}
    </button>
  );
}
