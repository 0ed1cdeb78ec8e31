/** The prompts that stand in one view: this graph's, and those of other graphs of the model. */
import { useMemo } from "react";
import { ApiError, asApiError, getInternals } from "../../../../api/client";
import type { InternalsAnswer } from "../../../../api/types";
import { useAnswer } from "../../../../shared/useAnswer";

export interface Refused {
  id: string;
  /** Why it is not shown; null: its internals are not computed. */
  why: string | null;
}

interface Found {
  id: string;
  answer: InternalsAnswer | ApiError;
}

export interface Prompts {
  /** This one first, then the others in the order in which they were chosen. */
  shown: readonly InternalsAnswer[];
  refused: readonly Refused[];
}

export const promptText = ({ tokens }: Pick<InternalsAnswer, "tokens">): string => tokens.join("").replace(/^<[^<>\s]+>/, "");

export function usePrompts(own: InternalsAnswer, others: readonly string[]): Prompts {
  const { answer } = useAnswer(others.length > 0 ? others.join(" ") : null, (signal) =>
    Promise.all(
      others.map((id): Promise<Found> =>
        getInternals(id, signal).then(
          (answer) => ({ id, answer }),
          (reason: unknown) => ({ id, answer: asApiError(reason) }),
        ),
      ),
    ),
  );
  return useMemo(() => besideOwn(own, others, answer ?? []), [own, others, answer]);
}

/** Those of `found` that are asked for and fit beside this prompt: of the same model, which has the same heads. */
export function besideOwn(own: InternalsAnswer, others: readonly string[], found: readonly Found[]): Prompts {
  const shown = [own];
  const refused: Refused[] = [];
  for (const id of others) {
    const answer = found.find((each) => each.id === id)?.answer;
    if (answer instanceof ApiError) refused.push({ id, why: answer.error === "InternalsNotComputed" ? null : answer.detail });
    else if (answer && (answer.model !== own.model || answer.n_layers !== own.n_layers || answer.n_heads !== own.n_heads))
      refused.push({ id, why: `“${promptText(answer)}” is of another model, ${answer.model}, whose heads are others.` });
    else if (answer && answer.graph !== own.graph) shown.push(answer);
  }
  return { shown, refused };
}
