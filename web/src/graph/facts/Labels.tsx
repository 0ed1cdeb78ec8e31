/** What the graph's features are called, and by whom; which of these names are shown; the offer to find out more. */
import { useMemo } from "react";
import type { LabelRule, NodesAnswer } from "../../api/types";
import { Annotate } from "../../feature/annotation/Annotate";
import type { Annotation } from "../../feature/annotation/useAnnotation";
import { LABEL_RULES } from "../../shared/labels/origin";
import { isUnexplained, labelCounts, labelsText, RULE_WORDS } from "./labelCounts";
import "./Labels.css";

export interface LabelsProps {
  nodes: Pick<NodesAnswer, "kind" | "label_origin">;
  labels: LabelRule;
  onLabels: (labels: LabelRule) => void;
  annotation: Annotation;
}

export function Labels({ nodes, labels, onLabels, annotation }: LabelsProps) {
  const counts = useMemo(() => labelCounts(nodes), [nodes]);
  if (counts.features === 0) return null;
  const isOffered = isUnexplained(counts) || annotation.isRunning || annotation.report !== null;
  return (
    <>
      <h3>Labels</h3>
      <p data-testid="label-counts">{labelsText(counts)}.</p>
      <label className="labels-rule">
        Show{" "}
        <select
          className="snug"
          value={labels}
          data-testid="label-rule"
          // Its options are the rules themselves.
          onChange={(event) => onLabels(event.target.value as LabelRule)}
        >
          {LABEL_RULES.map((rule) => (
            <option key={rule} value={rule}>
              {RULE_WORDS[rule]}
            </option>
          ))}
        </select>
      </label>
      {isOffered && <Annotate annotation={annotation} />}
    </>
  );
}
