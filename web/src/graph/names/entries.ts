/** The entries of a list of nodes: each node's name, its place, and its id where two would read alike. */
import { featureName } from "../../shared/format";
import type { GraphModel, NodeName } from "../model/model";
import { distinct } from "./distinct";
import { listedName, placeName } from "./places";

export interface Entry {
  name: NodeName;
  /** A labelled feature's layer; with its index, or another node's index alone, where two entries would read alike. */
  note: string | null;
  /** The token at a feature's or an error's position; null for nodes that are tokens themselves. */
  place: string | null;
}

/** `isPlain`: features are named by layer and index, because their label stands above the list. */
export function entriesOf(model: GraphModel, nodes: readonly number[], isPlain = false): Entry[] {
  const entries = nodes.map((node) => entryOf(model, node, isPlain));
  const ids = nodes.map((node) => idOf(model, node));
  const shown = distinct(
    entries.map(({ name, note, place }, at) => [{ text: [name.text, note, place].filter(Boolean).join(" "), extras: [ids[at] ?? ""] }]),
  );
  return entries.map((entry, at) => (shown[at]?.[0]?.[0] ? { ...entry, note: ids[at] ?? null } : entry));
}

/** What no other node of its kind at its position has: "L20 #44686", a logit's "#7". */
function idOf({ nodes }: GraphModel, node: number): string {
  const index = nodes.index[node] ?? 0;
  return nodes.kind[node] === "feature" ? featureName(nodes.layer[node] ?? 0, index, nodes.site[node]) : `#${index}`;
}

function entryOf(model: GraphModel, node: number, isPlain: boolean): Entry {
  const { kind, label, layer, index, position, site } = model.nodes;
  const isFeature = kind[node] === "feature";
  const place = isFeature || kind[node] === "error" ? placeName(model, position[node] ?? 0) : null;
  if (isPlain && isFeature) {
    return { name: { text: featureName(layer[node] ?? 0, index[node] ?? 0, site[node]), isToken: false }, note: null, place };
  }
  return { name: listedName(model, node), note: isFeature && label[node] ? `L${layer[node] ?? 0}` : null, place };
}

/** An entry as text, for titles and options. */
export const entryText = ({ name, note, place }: Entry): string => [name.text, note, place].filter(Boolean).join(" ");
