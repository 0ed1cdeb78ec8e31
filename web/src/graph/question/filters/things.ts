/** What a filter can name in a graph, and the search over it. */
import { counted, featureName } from "../../../shared/format";
import type { GraphModel } from "../../model/model";
import { entryText, entriesOf, type Entry } from "../../names/entries";
import type { Filter } from "../question";
import { entryOfSelector } from "./restrictions";
import { KINDS_OF, selectorOf } from "./selector";

/** What paths are asked to do with it. `anyOf` is one `through` over several. */
export type Verb = "source" | "through" | "anyOf" | "avoid" | "target";

type Sort = "label" | "token" | "supernode" | "layer" | "position" | "feature" | "node";

export interface Thing {
  /** Names it to the server; a node by its id. */
  selector: string;
  sort: Sort;
  entry: Entry;
  /** How many nodes it is. */
  nodes: number;
  /** The influence of its nodes on the logits, by which things are listed. */
  weight: number;
  /** What a search looks into, in lower case. */
  words: string;
}

/** The filter that a verb sets; the target is none. */
export const filterOf = (verb: Exclude<Verb, "target">): Filter => (verb === "anyOf" ? "through" : verb);

/** In the order in which things of equal fit are listed. */
const SORTS: readonly Sort[] = ["label", "token", "supernode", "position", "layer", "feature", "node"];

/** All that a verb can be followed by, those first that matter most. */
export function thingsOf(model: GraphModel, verb: Verb): Thing[] {
  const { kind, label, token, layer, index, site, position, id, probability, node_influence: influence } = model.nodes;
  const filter = verb === "target" ? "through" : filterOf(verb);
  const found = new Map<string, { sort: Sort; nodes: number[]; more: string }>();
  const put = (selector: string, sort: Sort, node: number, more = "") => {
    const known = found.get(selector);
    if (known) known.nodes.push(node);
    else found.set(selector, { sort, nodes: [node], more });
  };
  const isNode = (node: number) =>
    verb === "target" ? kind[node] === "feature" || kind[node] === "logit" : KINDS_OF[filter].includes(kind[node] ?? "logit");
  for (let node = 0; node < model.nNodes; node++) {
    const at = `${layer[node] ?? 0}/${index[node] ?? 0}`;
    if (isNode(node)) put(id[node] ?? "", "node", node, `${kind[node] ?? ""} ${at} l${layer[node] ?? 0} #${index[node] ?? 0}`);
    if (verb === "target") continue;
    if (kind[node] === "embedding") put(`token:${token[node] ?? ""}`, "token", node);
    if (kind[node] !== "feature") continue;
    if (label[node]) put(`label:${label[node]}`, "label", node);
    put(`feature:${at}${site[node] ? `/${site[node]}` : ""}`, "feature", node, `${at} ${featureName(layer[node] ?? 0, index[node] ?? 0, site[node])}`);
    put(`layer:${layer[node] ?? 0}`, "layer", node, `l${layer[node] ?? 0}`);
    if (filter !== "source") put(`position:${position[node] ?? 0}`, "position", node);
  }
  if (verb !== "target") {
    for (const { name, nodes } of model.nodes.supernodes) for (const node of nodes) put(`supernode:${name}`, "supernode", node);
  }
  const names = new Map<string, Entry>();
  const single = [...found].filter(([, { sort }]) => sort === "node");
  const entries = entriesOf(model, single.map(([, { nodes }]) => nodes[0] ?? 0));
  entries.forEach((entry, at) => names.set(single[at]?.[0] ?? "", entry));
  const things = [...found].flatMap(([selector, { sort, nodes, more }]): Thing[] => {
    // A feature at one token alone is that node.
    if (sort === "feature" && nodes.length === 1) return [];
    const named = names.get(selector) ?? entryOf(model, filter, selector, nodes[0]);
    if (named === null) return [];
    return [
      {
        ...{ selector, sort, entry: named, nodes: nodes.length },
        // Predictions come before all that leads to them.
        weight: nodes.reduce((sum, node) => sum + (kind[node] === "logit" ? 1 + (probability[node] ?? 0) : (influence[node] ?? 0)), 0),
        words: `${entryText(named)} ${sort} ${more}`.toLowerCase(),
      },
    ];
  });
  return things.sort((a, b) => SORTS.indexOf(a.sort) - SORTS.indexOf(b.sort) || b.weight - a.weight);
}

function entryOf(model: GraphModel, filter: Filter, text: string, first: number | undefined): Entry | null {
  const selector = selectorOf(model, text);
  return selector && entryOfSelector(model, filter, selector, first);
}

/** "label, 12 nodes", "token", "one node": what kind of thing it is. */
export function sortText({ sort, nodes }: Thing): string {
  if (sort === "node") return "one node";
  if (sort === "token" && nodes === 1) return "token";
  const name = sort === "position" ? "at a token" : sort;
  return `${name}, ${counted(nodes, "node")}`;
}

/** How well a thing fits a word: the lower, the better; 4: not at all. */
function fit({ entry, words }: Thing, word: string): number {
  const name = entry.name.text.toLowerCase();
  if (name === word) return 0;
  if (name.startsWith(word)) return 1;
  if (words.split(/[\s/]+/).some((each) => each.startsWith(word))) return 2;
  return words.includes(word) ? 3 : 4;
}

/** The things that have every word of a search, the best fit first; all of them where there is none. */
export function search(things: readonly Thing[], text: string): Thing[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...things];
  return things
    .map((thing, at) => ({ thing, at, fits: words.map((word) => fit(thing, word)) }))
    .filter(({ fits }) => Math.max(...fits) < 4)
    .map(({ thing, at, fits }) => ({ thing, at, sum: fits.reduce((sum, each) => sum + each, 0) }))
    .sort((a, b) => a.sum - b.sum || a.at - b.at)
    .map(({ thing }) => thing);
}
