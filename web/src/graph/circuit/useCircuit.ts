/** What the server says of the circuit that is drawn: its links and its scores, beside those of random ones. */
import { useMemo } from "react";
import { scoreCircuit } from "../../api/client";
import type { DrawnAnswer } from "../../api/types";
import { useAnswer, type Asked } from "../../shared/useAnswer";
import type { GraphModel } from "../model/model";
import { endsOf, type PageQuestion } from "../question/question";
import type { Work } from "../work/work";
import { circuitBody, circuitParts, type Part } from "./parts";

/** Random circuits that the scores stand beside. */
const RANDOM = 20;

export interface Scored {
  answer: DrawnAnswer;
  /** The keys of the answer's nodes, in their order. */
  keys: readonly string[];
}

export interface Circuit {
  parts: readonly Part[];
  /** The answer is an earlier circuit's while the next one loads. */
  scored: Asked<Scored>;
}

type Ends = Pick<PageQuestion, "view" | "source" | "target" | "ratherThan" | "avoid" | "labels" | "hideBos">;

/** What is asked of a question's paths, whichever circuit is meant. */
export const circuitEnds = (question: Ends) => ({
  ...endsOf(question),
  labels: question.labels,
  ...(question.hideBos ? { hide_bos: true } : {}),
});

export function useCircuit(model: GraphModel, work: Work, question: Ends, expanded: ReadonlySet<string>): Circuit {
  const parts = useMemo(() => circuitParts(model, work, expanded), [model, work, expanded]);
  const { keys, ...body } = circuitBody(model, parts);
  const asked = { ...body, ...circuitEnds(question), random: RANDOM };
  const key = parts.length === 0 ? null : JSON.stringify(asked);
  const scored = useAnswer(key, async (signal) => ({ answer: await scoreCircuit(model.record.id, asked, signal), keys }));
  return { parts, scored };
}
