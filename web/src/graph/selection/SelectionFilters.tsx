/** Filters by any of the selected nodes, or by a token, at which the features count, too. */
import type { GraphModel } from "../model/model";
import type { Selection } from "../model/selection";
import { FilterButtons } from "../node/NodeFilters";
import { anyOf, KINDS_OF } from "../question/filters/selector";
import { FILTERS, type Filter, type PageQuestion } from "../question/question";

/** Nodes that one filter names, each by its id. */
const MOST_NAMED = 60;

interface SelectionFiltersProps {
  model: GraphModel;
  selection: Selection;
  nodes: readonly number[];
  question: PageQuestion;
  onFilter: (filter: Filter, selector: string) => void;
}

export function SelectionFilters({ model, selection, nodes, question, onFilter }: SelectionFiltersProps) {
  const { id, kind } = model.nodes;
  const isToken = selection.kind === "token";
  if (!isToken && (nodes.length === 0 || nodes.length > MOST_NAMED)) return null;
  const filters = FILTERS.filter((filter) => nodes.every((node) => KINDS_OF[filter].includes(kind[node] ?? "logit")));
  const selector = isToken ? `position:${selection.position}` : anyOf(nodes.map((node) => id[node] ?? ""));
  return <FilterButtons selector={selector} filters={filters} what={isToken ? "this" : "any of these"} question={question} onFilter={onFilter} />;
}
