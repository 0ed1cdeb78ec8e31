/** The two filters that a feature node can be: only paths through it, or only paths around it. */
import type { Filter, PageQuestion } from "../question/question";
import "./NodeFilters.css";

const ACTIONS: { filter: Filter; text: string; title: string }[] = [
  { filter: "through", text: "through this", title: "List only paths that contain this node" },
  { filter: "avoid", text: "around this", title: "List only paths that do not contain this node" },
];

interface NodeFiltersProps {
  id: string;
  question: Pick<PageQuestion, Filter>;
  onFilter: (filter: Filter, id: string) => void;
}

export function NodeFilters({ id, question, onFilter }: NodeFiltersProps) {
  return (
    <div className="node-filters">
      <span className="muted">Paths</span>
      {ACTIONS.map(({ filter, text, title }) => (
        <button
          key={filter}
          type="button"
          aria-pressed={question[filter].includes(id)}
          title={title}
          data-testid={filter === "through" ? "through-this" : "around-this"}
          onClick={() => onFilter(filter, id)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
