/** On the first page: the walk is offered at the first visit, until it is declined or begun; then a small link is left of it. */
import { useEffect, useEffectEvent, useState } from "react";
import { getGraph, getPrompts } from "../api/client";
import type { ListedGraph } from "../api/types";
import { barePrompt, middleCut } from "../shared/format";
import { graphAddress, navigate } from "../shared/router";
import { isPassing, useAnswer } from "../shared/useAnswer";
import { walkedGraph } from "./chosen";
import { begin, decline, useWalk } from "./progress";
import { N_STEPS } from "./steps";
import "./WalkOffer.css";

/** Prompts of which the graph is chosen: those with most labels. */
const LISTED = 20;
/** Characters of its prompt. */
const MOST = 60;

/** In a record, since `useAnswer` has null for no answer yet. */
async function find(signal: AbortSignal): Promise<{ graph: ListedGraph | null }> {
  const listed = await getPrompts({ labelled: true, order: "labelled", limit: LISTED }, signal);
  const isGrouped = async (id: string) => (await getGraph(id, "made", signal)).default_group_by === "label";
  return { graph: await walkedGraph(listed, isGrouped) };
}

export function WalkOffer() {
  const { progress, isDeclined } = useWalk();
  const [isAsked, setAsked] = useState(false);
  const { answer, error } = useAnswer(isDeclined && !isAsked ? null : "walk", find);
  const graph = answer?.graph ?? null;
  const go = (id: string) => {
    if (progress?.graph !== id) begin(id);
    navigate(graphAddress(id));
  };
  // Who asks for it by the link waits for no second press.
  const onFound = useEffectEvent((id: string) => go(id));
  useEffect(() => {
    if (isAsked && graph) onFound(graph.id);
  }, [isAsked, graph]);

  const none = answer !== null && graph === null ? "No stored graph has labels yet, which the walk needs: import a labelled one, or wait until one is traced and named." : "";
  if (isDeclined || none !== "") {
    return (
      <p className="walk-offer-link muted" data-testid="walk-link">
        <button type="button" onClick={() => (progress ? navigate(graphAddress(progress.graph)) : setAsked(true))}>
          {progress ? `Go on with the walk: step ${progress.step + 1} of ${N_STEPS}` : `The walk: ${N_STEPS} steps through a graph`}
        </button>
        {isAsked && <span role="status">{error ? `${error.detail}${isPassing(error) ? " The page keeps trying." : ""}` : answer ? none : "Looking for a labelled graph…"}</span>}
      </p>
    );
  }
  if (graph === null) return null; // until it is known
  return (
    <section className="walk-offer" aria-labelledby="walk-offer-title" data-testid="walk-offer">
      <div>
        <h2 id="walk-offer-title">New here?</h2>
        <p>
          A walk of {N_STEPS} steps shows how to read a graph, on “{middleCut(barePrompt(graph), MOST)}”. It takes two minutes.
        </p>
      </div>
      <div className="walk-offer-actions">
        <button type="button" className="primary" data-testid="walk-begin" onClick={() => go(graph.id)}>
          Take the walk
        </button>
        <button type="button" data-testid="walk-decline" onClick={decline}>
          No, thanks
        </button>
      </div>
    </section>
  );
}
