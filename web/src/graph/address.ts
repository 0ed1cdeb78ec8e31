/** The part of a graph's question that its address carries: `?labels=own`. */
import type { LabelRule } from "../api/types";
import { DEFAULT_LABELS, isLabelRule } from "./model/origin";

const NAME = "labels";

/** The rule of labels in an address' query; the default where it names none that there is. */
export function labelsIn(search: string): LabelRule {
  const named = new URLSearchParams(search).get(NAME);
  return isLabelRule(named) ? named : DEFAULT_LABELS;
}

/** The query with the rule in it, which is left out where it is the default. */
export function withLabels(search: string, labels: LabelRule): string {
  const all = new URLSearchParams(search);
  if (labels === DEFAULT_LABELS) all.delete(NAME);
  else all.set(NAME, labels);
  return all.size > 0 ? `?${all.toString()}` : "";
}
