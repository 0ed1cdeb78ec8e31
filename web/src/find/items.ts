/** What can be found, in groups, and what is found without the server. */
import type { Found, ListedQuery, QueriesAnswer } from "../api/types";
import { barePrompt, count, counted, featureName } from "../shared/format";
import { collectionAddress, featureAddress, graphAddress, queryAddress, savedQueryAddress, viewAddress } from "../shared/router";
import { askForFiles } from "../shared/askForFiles";
import { storeTheme, THEMES } from "../shared/theme";
import { originText } from "../shared/labels/origin";
import { hasAll } from "./match";

export const GROUPS = ["Recent", "Pages", "Actions", "Graphs", "Features", "Views", "Collections", "Saved queries", "Named queries"] as const;
export type Group = (typeof GROUPS)[number];

interface Told {
  /** Tells it from all others. */
  key: string;
  group: Group;
  text: string;
  /** What stands beside it, paler. */
  beside: string;
  /** Other words by which it is found. */
  words?: string;
  isInferred?: boolean;
  /** Not there where the data set is only read. */
  writes?: boolean;
}

/** Leads to an address, or does something here. */
export type Item = Told & ({ address: string; act?: undefined } | { act: () => void; address?: undefined });

const page = (text: string, address: string, beside: string, words = ""): Item => ({ key: `page ${address}`, group: "Pages", text, address, beside, words });

/** Pages and actions, which are there without the server. */
export const OWN_ITEMS: readonly Item[] = [
  page("Library", "/", "prompts, graphs, a new prompt", "home trace import first"),
  page("Runs", "/runs", "jobs: queued, running, ended", "progress cancel retry"),
  page("Compare", "/compare", "two graphs side by side", "difference shared"),
  page("Ask", "/ask", "named queries, Cypher", "database question table"),
  {
    key: "import",
    group: "Actions",
    text: "Import graph files",
    beside: "or drop them anywhere",
    words: "open upload json",
    writes: true,
    act: askForFiles,
  },
  ...THEMES.map((theme): Item => ({
    key: `theme ${theme}`,
    group: "Actions",
    text: `Theme: ${theme}`,
    beside: theme === "system" ? "the machine’s own" : "",
    words: "colours appearance mode",
    act: () => storeTheme(theme),
  })),
];

/** The named queries. Lists that the page has whole are searched here, in the browser. */
export const queryItems = ({ queries }: QueriesAnswer): Item[] =>
  queries.map(({ name, title, sentence }) => ({ key: `query ${name}`, group: "Named queries", text: title, beside: name, words: sentence, address: queryAddress(name) }));

/** The queries that people saved. */
export const savedItems = (queries: readonly ListedQuery[]): Item[] =>
  queries.map(({ name, notes }) => ({ key: `saved ${name}`, group: "Saved queries", text: name, beside: notes, words: "cypher", address: savedQueryAddress(name) }));

/** What the server finds. */
export function foundItems({ graphs, features, views, collections }: Found): Item[] {
  return [
    ...graphs.map((graph): Item => {
      const prompt = barePrompt(graph);
      const { id, name, notes, predicted_token: predicted } = graph;
      return { key: `graph ${id}`, group: "Graphs", text: prompt || name, beside: besides(`▸ ${predicted.trim()}`, prompt ? name : "", notes), address: graphAddress(id) };
    }),
    ...features.map((feature): Item => {
      const { model, transcoder_set: set, layer, index, site, label, origin, n_nodes: nodes } = feature;
      const name = featureName(layer, index, site);
      return {
        key: `feature ${JSON.stringify([model, set, layer, index, site])}`,
        group: "Features",
        text: label ?? name,
        beside: besides(label === null ? "" : name, originText(origin) ?? "", counted(nodes, "node"), model),
        words: `${layer}/${index} l${layer}/#${index} l${layer} #${index}`,
        isInferred: origin?.source === "borrowed" || origin?.source === "logits",
        address: featureAddress(feature),
      };
    }),
    ...views.map(({ name, graph, graph_name: graphName, prompt }): Item => ({
      key: `view ${JSON.stringify([graph, name])}`,
      group: "Views",
      text: name,
      beside: besides(barePrompt({ prompt }), graphName),
      address: viewAddress(graph, name),
    })),
    ...collections.map(({ name, n_graphs: n }): Item => ({
      key: `collection ${name}`,
      group: "Collections",
      text: name,
      beside: `${count(n)} ${n === 1 ? "graph" : "graphs"}`,
      address: collectionAddress(name),
    })),
  ];
}

const besides = (...parts: string[]): string => [...new Set(parts)].filter((part) => part.trim() !== "").join(" · ");

/** Those that have all the words. */
export const having = (items: readonly Item[], words: readonly string[]): Item[] =>
  items.filter(({ text, beside, words: others = "" }) => hasAll(`${text}\n${beside}\n${others}`, words));

/** The items of each group that has some, in the order of `GROUPS`. */
export const grouped = (items: readonly Item[]): { group: Group; items: Item[] }[] =>
  GROUPS.map((group) => ({ group, items: items.filter((item) => item.group === group) })).filter(({ items: own }) => own.length > 0);
