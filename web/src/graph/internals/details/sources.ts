/** Why a head looks where it does, in the names of the page: what its score is the sum of. */
import type { ScorePairsFound, ScoreSource } from "../../../api/types";
import { quantity } from "../../../shared/format";
import type { GraphModel } from "../../model/model";
import { entriesOf, entryText } from "../../names/entries";
import { placeName } from "../../names/places";

/** One side of a pair. */
export interface SourceName {
  text: string;
  /** The node's ordinal; null: it is no node of the graph. */
  node: number | null;
}

/** The names of sources, such that no two nodes read alike. */
export function sourceNames(model: GraphModel, sources: readonly ScoreSource[]): SourceName[] {
  const nodes = [...new Set(sources.flatMap(({ node }) => (node === null ? [] : (model.ordinalOf.get(node) ?? []))))];
  const entries = new Map(entriesOf(model, nodes).map((entry, at) => [nodes[at], entryText(entry)]));
  return sources.map(({ kind, node, position }) => {
    const ordinal = node === null ? undefined : model.ordinalOf.get(node);
    if (ordinal !== undefined) return { text: entries.get(ordinal) ?? "", node: ordinal };
    if (kind === "biases") return { text: "biases", node: null };
    const place = position === null ? "" : ` at ${placeName(model, position)}`;
    return { text: kind === "rest" ? `the rest${place}` : `a node that the graph lacks${place}`, node: null };
  });
}

/** What became of q · k: "× 0.177 = 9.20, which softmax received". */
export function softmaxText({ product, scaling, softmax_input: input }: Pick<ScorePairsFound, "product" | "scaling" | "softmax_input">): string {
  if (input === null) return "masked: softmax received nothing";
  if (scaling !== null) return `q · k is ${quantity(product)}; × ${quantity(scaling)}, softmax received ${quantity(input)}`;
  return `q · k is ${quantity(product)}; scaled and capped, softmax received ${quantity(input)}`;
}

/** The place of a key among those that a query sees, the largest attention first: 1 for the first. `row`: A of the query. */
export const rankOf = (row: ArrayLike<number>, key: number, query: number): number =>
  1 + Array.from({ length: query + 1 }, (_, at) => row[at] ?? 0).filter((value) => value > (row[key] ?? 0)).length;
