/** The feature of a node, and what is said of it. */
import type { FeatureName } from "../../api/client";
import type { Explanation, FeatureRecord } from "../../api/types";
import { score } from "../../shared/format";
import type { GraphModel } from "../model/model";
import { SOMEBODY } from "../model/origin";

/** What names the feature of a feature node in every graph. */
export function featureOf({ record, nodes }: GraphModel, node: number): FeatureName {
  const site = nodes.site[node] ?? null;
  const set = site === null ? record.transcoder_set : (record.attention_set ?? record.transcoder_set);
  return { model: record.model, transcoder_set: set, layer: nodes.layer[node] ?? 0, index: nodes.index[node] ?? 0, site };
}

/** Types of explanations that only name a feature: nobody says what it means. */
const NAMES = ["borrowed", "top-logits"];

/** What people and models say that the feature means, the best first. */
export const explanationsOf = ({ explanations }: Pick<FeatureRecord, "explanations">): Explanation[] =>
  explanations.filter(({ type }) => !NAMES.includes(type));

/** "ada", "gpt-4o-mini · score 0.71". */
export function authorText({ author, type, score: value }: Explanation): string {
  const who = author === SOMEBODY ? "a person" : author === "unknown" ? "unknown author" : author;
  const isScored = type !== SOMEBODY && typeof value === "number";
  return isScored ? `${who} · score ${score(value)}` : who;
}

/** What an author calls the feature; null: nothing. */
export const labelBy = (record: Pick<FeatureRecord, "explanations"> | null, author: string): string | null =>
  record?.explanations.find((each) => each.type === SOMEBODY && each.author === author)?.text ?? null;

/** The graphs that have the feature, but for this one. */
export const graphsBeside = ({ graphs }: Pick<FeatureRecord, "graphs">, id: string): FeatureRecord["graphs"] =>
  graphs.filter((graph) => graph.id !== id);

/** Where the facts come from, as a page's reader knows it. */
export const factsSource = (origin: string): string =>
  origin === "set files" ? "the transcoder set’s own files" : "Neuronpedia";
