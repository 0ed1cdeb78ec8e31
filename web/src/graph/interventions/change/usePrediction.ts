/** What the graph predicts of a draft, while it changes. */
import { useEffect, useState } from "react";
import { predict, type ApiError } from "../../../api/client";
import type { InterventionQuestion, PredictionAnswer } from "../../../api/types";
import { useAnswer } from "../../../shared/useAnswer";

interface Predicted {
  /** The last answer, which is an earlier draft's for a moment; null: there is none. */
  answer: PredictionAnswer | null;
  isCurrent: boolean;
  error: ApiError | null;
}

/**
 * One question at a time, then the newest: a slider asks more often than a large graph answers, and what it shows must
 * move with it. Null: nothing is asked.
 */
export function usePrediction(graph: string, question: InterventionQuestion | null): Predicted {
  const newest = question && JSON.stringify(question);
  const [sent, setSent] = useState(newest);
  const { answer, loading, error } = useAnswer(sent, async (signal) => ({
    of: sent,
    predicted: await predict(graph, JSON.parse(sent ?? "") as InterventionQuestion, signal),
  }));
  useEffect(() => {
    if (!loading) setSent(newest);
  }, [loading, newest]);
  const isCurrent = newest !== null && sent === newest && answer?.of === newest;
  return {
    answer: newest === null || (error && sent === newest) ? null : (answer?.predicted ?? null),
    isCurrent,
    error: sent === newest ? error : null,
  };
}
