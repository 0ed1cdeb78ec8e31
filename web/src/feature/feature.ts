/** What is said of a feature, and by whom. */
import type { FeatureName } from "../api/client";
import type { Explanation, FeatureRecord } from "../api/types";
import { score } from "../shared/format";
import { SOMEBODY } from "../shared/labels/origin";

/** A name that a person gave to a feature, which is the database's: undone by giving it the name before. */
export interface LabelChange {
  feature: FeatureName;
  author: string;
  /** What the author called it; null: nothing. */
  before: string | null;
  after: string | null;
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
