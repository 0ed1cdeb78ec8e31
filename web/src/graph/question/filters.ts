/** The filters of a question with their names, as chips and sentences show them. */
import { entriesOf, entryText, type Entry } from "../names/entries";
import { layerName, nodeName, type GraphModel } from "../model/model";
import type { Filter, PageQuestion } from "./question";

export interface NamedFilter {
  filter: Filter;
  /** "through" or "around". */
  word: string;
  id: string;
  entry: Entry;
  /** "through Texas, layer 20, at is (position 7)". */
  title: string;
}

const WORDS: { filter: Filter; word: string }[] = [
  { filter: "through", word: "through" },
  { filter: "avoid", word: "around" },
];

/** The filters in force, through before around. */
export function filtersOf(model: GraphModel, question: Pick<PageQuestion, Filter>): NamedFilter[] {
  const filters = WORDS.flatMap(({ filter, word }) =>
    question[filter].flatMap((id) => {
      const node = model.ordinalOf.get(id);
      return node === undefined ? [] : [{ filter, word, id, node }];
    }),
  );
  const entries = entriesOf(
    model,
    filters.map(({ node }) => node),
  );
  return filters.flatMap(({ filter, word, id, node }, at) => {
    const entry = entries[at];
    const where = `${layerName(model, node)}, position ${model.nodes.position[node] ?? 0}`;
    return entry ? [{ filter, word, id, entry, title: `${word} ${nodeName(model, node).text}, ${where}` }] : [];
  });
}

/** "through Texas L20 is". */
export const filterText = ({ word, entry }: NamedFilter): string => `${word} ${entryText(entry)}`;
