/** What a node, or any of several, can be to a question: its paths' beginning or end, or what they go through or around. */
import type { ReactNode } from "react";
import type { Kind } from "../../api/types";
import { KINDS_OF } from "../question/filters/selector";
import { FILTERS, type Filter, type PageQuestion } from "../question/question";
import "./NodeFilters.css";

const ACTIONS: Record<Filter, { word: string; title: string; testId: string }> = {
  source: { word: "from", title: "List only paths that begin there", testId: "from-this" },
  through: { word: "through", title: "List only paths that meet it", testId: "through-this" },
  avoid: { word: "around", title: "List only paths that do not meet it", testId: "around-this" },
};

interface FilterButtonsProps {
  selector: string;
  filters: readonly Filter[];
  /** "this", "any of these". */
  what: string;
  question: PageQuestion;
  onFilter: (filter: Filter, selector: string) => void;
  children?: ReactNode;
}

export function FilterButtons({ selector, filters, what, question, onFilter, children }: FilterButtonsProps) {
  return (
    <div className="node-filters">
      <span className="muted">Paths</span>
      {filters.map((filter) => (
        <button
          key={filter}
          type="button"
          aria-pressed={question[filter].includes(selector)}
          title={ACTIONS[filter].title}
          data-testid={ACTIONS[filter].testId}
          onClick={() => onFilter(filter, selector)}
        >
          {ACTIONS[filter].word} {what}
        </button>
      ))}
      {children}
    </div>
  );
}

interface NodeFiltersProps {
  id: string;
  kind: Kind;
  /** The id of the question's target. */
  target: string | null;
  question: PageQuestion;
  onFilter: (filter: Filter, id: string) => void;
  onChange: (change: Partial<PageQuestion>) => void;
}

export function NodeFilters({ id, kind, target, question, onFilter, onChange }: NodeFiltersProps) {
  const isTarget = id === target;
  const filters = FILTERS.filter((filter) => KINDS_OF[filter].includes(kind));
  return (
    <FilterButtons selector={id} filters={filters} what="this" question={question} onFilter={onFilter}>
      {(kind === "feature" || kind === "logit") && (
        <button
          type="button"
          aria-pressed={isTarget}
          title={isTarget ? "Paths end here. Click for the most probable prediction" : "List the paths that end at this node"}
          data-testid="to-this"
          onClick={() => onChange({ target: isTarget ? null : id })}
        >
          to this
        </button>
      )}
    </FilterButtons>
  );
}
