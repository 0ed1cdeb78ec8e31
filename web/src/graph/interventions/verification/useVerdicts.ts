/** The verification of a question's answers. */
import { useMemo } from "react";
import type { Verification } from "../../../api/types";
import { logitsOf, type GraphModel } from "../../model/model";
import { DEFAULT_LABELS } from "../../../shared/labels/origin";
import { isGrouped, type Grouping, type PageQuestion } from "../../question/question";
import type { Score } from "../../question/scores";
import type { Tests } from "../useTests";
import { verdictsOf, verificationFor, type VerdictOf } from "./verdicts";

export interface Verdicts {
  /** Null: these answers were not tested. */
  verification: Verification | null;
  verdictOf: VerdictOf | null;
  groupBy: Grouping;
}

/** Null where the answers cannot be tested: single paths, another target than the graph's own, other groups than it has by itself. */
export function useVerdicts({ verifications }: Tests, model: GraphModel, question: PageQuestion, scores: readonly Score[]): Verdicts | null {
  const { groupBy, groups, labels, target, ratherThan } = question;
  // The server tests the answers for the most probable token.
  const own = model.nodes.id[logitsOf(model)[0] ?? -1] ?? "";
  const isPlain = groups === null && labels === DEFAULT_LABELS && ratherThan === null && (target === null || target === own);
  const canBe = isPlain && isGrouped(question, scores) && model.record.target_kind !== "directions";
  const verification = canBe ? verificationFor(verifications, { groupBy, target: own }) : null;
  const verdictOf = useMemo(() => verification && verdictsOf(verification), [verification]);
  return canBe ? { verification, verdictOf, groupBy } : null;
}
