/** What a collection's graphs share, in words: the names of rows, and how much of the collection they are about. */
import type { SharedAnswer, SharedFeature, SharedSequence } from "../api/types";
import { count, counted } from "../shared/format";

type Step = SharedSequence["steps"][number];

const featureOf = (layer: number | null | undefined, index: number | null | undefined, site: string | null | undefined): string =>
  `L${layer ?? "?"} #${index ?? "?"}${site ? ` ${site}` : ""}`;

/** "L20 #44686"; of attention "L20 #44686 attn". */
export const featureId = ({ layer, index, site }: SharedFeature): string => featureOf(layer, index, site);

export const stepName = ({ name, layer, index, site }: Step): string => name ?? featureOf(layer, index, site);

/** Tells a row from the others of its list, in an address, too. */
export const featureKey = ({ model, transcoder_set: set, layer, index, site }: SharedFeature): string =>
  [model, set, layer, index, ...(site ? [site] : [])].join("/");
export const sequenceKey = ({ steps }: SharedSequence): string =>
  steps.map((step) => step.name ?? `${step.model ?? ""}/${step.transcoder_set ?? ""}/${stepName(step)}`).join(" → ");

/** How many of the graphs were read: "Of its 6 graphs." */
export function readText({ graphs, n_graphs: held }: SharedAnswer): string {
  if (graphs.length >= held) return `Of its ${counted(held, "graph")}.`;
  return `Of the newest ${count(graphs.length)} of its ${counted(held, "graph")}: no more are read at once.`;
}

/** How many graphs are lacking in the list of sequences; "" where none is. */
export function unrankedText({ graphs }: SharedAnswer): string {
  const lacking = graphs.filter(({ ranked }) => !ranked).length;
  return lacking === 0 ? "" : `The sequences of ${counted(lacking, "graph")} took too long to find: they are not counted here.`;
}

/** Where a list is longer than what is shown. */
export const cutText = (shown: number, all: number): string => (shown < all ? `The first ${count(shown)} of ${count(all)}.` : "");
