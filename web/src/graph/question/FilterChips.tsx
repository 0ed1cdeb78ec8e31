/** The nodes that paths must go through or around; a click removes one. */
import { Icon } from "../../shared/Icon";
import { layerName, nodeName, tokenAt, type GraphModel } from "../model/model";
import type { Filter, PageQuestion } from "./question";
import "./FilterChips.css";

const FILTERS: { filter: Filter; word: string }[] = [
  { filter: "through", word: "through" },
  { filter: "avoid", word: "around" },
];

interface FilterChipsProps {
  model: GraphModel;
  question: Pick<PageQuestion, Filter>;
  onRemove: (filter: Filter, id: string) => void;
}

export function FilterChips({ model, question, onRemove }: FilterChipsProps) {
  const chips = FILTERS.flatMap(({ filter, word }) => question[filter].map((id) => ({ filter, word, id })));
  if (chips.length === 0) return null;
  return (
    <ul className="filter-chips" aria-label="Filters" data-testid="filters">
      {chips.map(({ filter, word, id }) => (
        <li key={`${filter} ${id}`}>
          <FilterChip model={model} word={word} id={id} onRemove={() => onRemove(filter, id)} />
        </li>
      ))}
    </ul>
  );
}

interface FilterChipProps {
  model: GraphModel;
  word: string;
  id: string;
  onRemove: () => void;
}

function FilterChip({ model, word, id, onRemove }: FilterChipProps) {
  const node = model.ordinalOf.get(id);
  if (node === undefined) return null;
  const { text } = nodeName(model, node);
  const position = model.nodes.position[node] ?? 0;
  const token = tokenAt(model, position);
  const where = `${layerName(model, node)}, at ${token} (position ${position})`;
  return (
    <button
      type="button"
      className="chip filter-chips-chip"
      aria-label={`Remove: ${word} ${text}, ${where}`}
      title={`Only paths ${word} ${text}, ${where}. Click to remove`}
      data-testid={`filter-${word}`}
      data-node-id={id}
      onClick={onRemove}
    >
      <span className="muted">{word}</span>
      <span className="filter-chips-name ellipsis">{text}</span>
      <span className="filter-chips-where ellipsis">
        {model.nodes.label[node] ? `L${model.nodes.layer[node] ?? 0} ` : ""}
        <span className="token">{token}</span>
      </span>
      <Icon name="close" />
    </button>
  );
}
