/** Where a node's label is from, in words. */
import type { LabelOrigin, LabelRule, LabelSource } from "../../api/types";

/** From the fewest labels to the most. */
export const LABEL_RULES: readonly LabelRule[] = ["own", "borrowed", "made"];
export const DEFAULT_LABELS: LabelRule = "made";

export const isLabelRule = (value: string | null): value is LabelRule => LABEL_RULES.some((rule) => rule === value);

/** The author of labels whose author gave no name. */
export const SOMEBODY = "person";

/** Whether a label is from neither a person, nor the graph, nor an explanation: it may not fit this graph. */
export const isInferred = (source: LabelSource | undefined): boolean => source === "borrowed" || source === "logits";

/** "from dallas-grouped", "made from its top logits"; null for the graph's own label, and where there is none. */
export function originText(origin: LabelOrigin | null | undefined): string | null {
  const by = origin?.by ?? null;
  switch (origin?.source) {
    case "person":
      return by === null || by === SOMEBODY ? "said by a person" : `said by ${by}`;
    case "explanation":
      return by === null ? "from an explanation" : `explained by ${by}`;
    case "borrowed":
      return `from ${by ?? "another graph"}`;
    case "logits":
      return "made from its top logits";
    default:
      return null;
  }
}
