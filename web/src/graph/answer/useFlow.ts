/** The flow through each node to the question's target. */
import { useEffect, useState } from "react";
import { asApiError, getFlow, type ApiError } from "../../api/client";
import type { FlowAnswer } from "../../api/types";
import { endsOf, type PageQuestion } from "../question/question";

/** The last answer, which is an earlier question's while the next one loads. */
export function useFlow(
  id: string,
  { target, avoid }: Pick<PageQuestion, "target" | "avoid">,
  onError: (error: ApiError) => void,
): FlowAnswer | null {
  const [answer, setAnswer] = useState<FlowAnswer | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    getFlow(id, endsOf({ target, avoid }), abort.signal).then(setAnswer, (reason: unknown) => {
      if (!abort.signal.aborted) onError(asApiError(reason));
    });
    return () => abort.abort();
  }, [id, target, avoid, onError]);
  return answer;
}
