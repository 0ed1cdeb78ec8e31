/** What the labels of a graph's feature nodes come from, counted. */
import type { LabelRule, LabelSource, NodesAnswer } from "../../api/types";
import { count, counted } from "../../shared/format";

export interface LabelCounts {
  /** Feature nodes. */
  features: number;
  labels: number;
  bySource: ReadonlyMap<LabelSource, number>;
}

export function labelCounts({ kind, label_origin: origins }: Pick<NodesAnswer, "kind" | "label_origin">): LabelCounts {
  const bySource = new Map<LabelSource, number>();
  let [features, labels] = [0, 0];
  kind.forEach((each, node) => {
    if (each !== "feature") return;
    features += 1;
    const source = origins[node]?.source;
    if (source === undefined) return;
    labels += 1;
    bySource.set(source, (bySource.get(source) ?? 0) + 1);
  });
  return { features, labels, bySource };
}

/** In the order in which they win. */
const SOURCES: readonly [LabelSource, string][] = [
  ["person", "said by people"],
  ["graph", "of this graph"],
  ["explanation", "from explanations"],
  ["borrowed", "borrowed from other graphs"],
  ["logits", "made from top logits"],
];

/** "211 labels for 228 features: 30 of this graph, 101 borrowed from other graphs, 80 made from top logits". */
export function labelsText({ features, labels, bySource }: LabelCounts): string {
  if (labels === 0) return `None of ${counted(features, "feature")} has a label`;
  const all = `${counted(labels, "label")} for ${counted(features, "feature")}`;
  const parts = SOURCES.flatMap(([source, words]) => {
    const n = bySource.get(source) ?? 0;
    return n > 0 ? [`${count(n)} ${words}`] : [];
  });
  return `${all}: ${parts.join(", ")}`;
}

/** Whether features are left of which nothing is known here: what borrows a label, or has none. */
export const isUnexplained = ({ features, labels, bySource }: LabelCounts): boolean =>
  features > labels || bySource.has("borrowed");

export const RULE_WORDS: Readonly<Record<LabelRule, string>> = {
  own: "own only",
  borrowed: "own and borrowed",
  made: "own, borrowed, made",
};
