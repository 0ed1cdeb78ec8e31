/** What a stored graph is called in a list: its prompt, and what tells it from others with the same prompt. */
import { barePrompt } from "../format";

export interface NamedGraph {
  id: string;
  name: string;
  prompt: string;
}

/** Characters of an id that tell two graphs apart. */
const ID_LENGTH = 8;

/** The prompt in full and the name, a line each. */
export function fullTitle(graph: NamedGraph): string {
  const prompt = barePrompt(graph);
  return [...new Set([prompt, graph.name])].filter(Boolean).join("\n");
}

/**
 * What is written beside the prompts of graphs, by their ids: nothing where no other of `graphs` has the prompt, or else
 * the name; where that is the same as well, or missing, the beginning of the id.
 */
export function besidePrompts(graphs: readonly NamedGraph[]): Map<string, string> {
  const beside = new Map<string, string>();
  for (const samePrompt of groupedBy(graphs, barePrompt)) {
    if (samePrompt.length === 1) continue;
    for (const sameName of groupedBy(samePrompt, ({ name }) => name)) {
      for (const { id, name } of sameName) beside.set(id, sameName.length === 1 && name ? name : id.slice(0, ID_LENGTH));
    }
  }
  return beside;
}

function groupedBy<Item>(items: readonly Item[], key: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups.values()];
}
