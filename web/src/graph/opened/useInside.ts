/** The internals of the prompt, as far as what the page shows needs them. */
import { useEffect, useState } from "react";
import { INSIDE_TABS } from "../internals/inside";
import { lacking } from "../internals/lacking";
import { Pointed } from "../internals/pointed";
import { useHeadLinks } from "../internals/useHeadLinks";
import { useInternals } from "../internals/useInternals";
import type { GraphState } from "../state";
import type { Actions } from "./actions";

export function useInside(graph: string, { tab, selection, inside }: GraphState, act: Actions) {
  const head = selection?.kind === "head" ? selection : null;
  // Of a link it is said which heads carried it.
  const isWanted = INSIDE_TABS.some((each) => each === tab) || head !== null || selection?.kind === "link";
  const internals = useInternals(graph, isWanted);
  const { answer } = internals;
  const carried = useHeadLinks(graph, answer, head);
  const [pointed] = useState(() => new Pointed());
  useEffect(() => {
    const found = answer && lacking(inside, selection, answer.n_layers, answer.n_heads);
    if (found) act.onLacking(found);
  }, [act, answer, inside, selection]);
  return { internals, carried, pointed };
}
