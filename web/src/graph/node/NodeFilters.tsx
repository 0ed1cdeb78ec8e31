/** What a node can be to a question: its paths' beginning or end, or what they go through or around. */
import type { Kind } from "../../api/types";
import { KINDS_OF } from "../question/filters/selector";
import type { Filter, PageQuestion } from "../question/question";
import "./NodeFilters.css";

const ACTIONS: { filter: Filter; text: string; title: string; testId: string }[] = [
  { filter: "through", text: "through this", title: "List only paths that contain this node", testId: "through-this" },
  { filter: "avoid", text: "around this", title: "List only paths that do not contain this node", testId: "around-this" },
  { filter: "source", text: "from this", title: "List only paths that begin at this node", testId: "from-this" },
];

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
  return (
    <div className="node-filters">
      <span className="muted">Paths</span>
      {ACTIONS.filter(({ filter }) => KINDS_OF[filter].includes(kind)).map(({ filter, text, title, testId }) => (
        <button
          key={filter}
          type="button"
          aria-pressed={question[filter].includes(id)}
          title={title}
          data-testid={testId}
          onClick={() => onFilter(filter, id)}
        >
          {text}
        </button>
      ))}
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
    </div>
  );
}
