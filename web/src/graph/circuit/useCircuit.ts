/** What the server says of the circuit that is drawn: its links and its scores, beside those of random ones. */
import { useMemo } from "react";
import { scoreCircuit } from "../../api/client";
import type { DrawnAnswer } from "../../api/types";
import { useAnswer, type Asked } from "../../shared/useAnswer";
import { nodeName, type GraphModel } from "../model/model";
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

/** What a circuit's answer says of the link between two parts, by their keys; null: nothing, or not yet. */
export function linkIn({ scored: { answer } }: Circuit, source: string, target: string): DrawnAnswer["links"][number] | null {
  return answer?.answer.links.find((link) => answer.keys[link.source] === source && answer.keys[link.target] === target) ?? null;
}

/** What a circuit's answer is about: "Austin", "Austin rather than Dallas"; "" while there is none. */
export function aboutText(model: GraphModel, { scored: { answer } }: Circuit): string {
  const named = (id: string) => nodeName(model, model.ordinalOf.get(id) ?? 0).text;
  const { targets = [], rather_than: other = null } = answer?.answer ?? {};
  return [...targets.slice(0, 1).map(({ node }) => node.id), ...(other ? [other.id] : [])].map(named).join(" rather than ");
}

type Ends = Pick<PageQuestion, "view" | "source" | "target" | "ratherThan" | "avoid" | "labels" | "hideBos">;

/** What is asked of a question's paths, whichever circuit is meant. */
export const circuitEnds = (question: Ends) => ({
  ...endsOf(question),
  labels: question.labels,
  ...(question.hideBos ? { hide_bos: true } : {}),
});

export function useCircuit(model: GraphModel, work: Work, question: Ends): Circuit {
  const parts = useMemo(() => circuitParts(model, work), [model, work]);
  const { keys, ...body } = circuitBody(model, parts);
  const asked = { ...body, ...circuitEnds(question), random: RANDOM };
  const key = parts.length === 0 ? null : JSON.stringify(asked);
  const scored = useAnswer(key, async (signal) => ({ answer: await scoreCircuit(model.record.id, asked, signal), keys }));
  return { parts, scored };
}
