/** The links of the graph that a head carried. */
import { getHeadLinks } from "../../api/client";
import type { HeadLinksAnswer, InternalsAnswer } from "../../api/types";
import { useAnswer, type Asked } from "../../shared/useAnswer";
import type { Head } from "./inside";

/** Links that are listed and lit. */
const MOST = 100;

/** Null as long as the head, or what was computed, is not known, or without the part that tells of links. */
export function useHeadLinks(graph: string, internals: InternalsAnswer | null, head: Head | null): Asked<HeadLinksAnswer> {
  const isKnown = internals !== null && head !== null && internals.parts.includes("loadings") && head.layer < internals.n_layers && head.head < internals.n_heads;
  const asked = useAnswer(isKnown ? `${internals.id} ${head.layer} ${head.head}` : null, (signal) => getHeadLinks(graph, head?.layer ?? 0, head?.head ?? 0, MOST, signal));
  const { answer } = asked;
  const isCurrent = isKnown && answer?.layer === head.layer && answer.head === head.head;
  return { ...asked, answer: isCurrent ? answer : null };
}
