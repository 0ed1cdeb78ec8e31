/** On the first page: the walk is offered at the first visit, until it is declined or begun; then a small link is left of it. */
import { useEffect, useEffectEvent, useState } from "react";
import { asApiError, getGraph, getPrompts } from "../api/client";
import type { LibraryAnswer, ListedGraph } from "../api/types";
import { graphAddress, navigate } from "../shared/router";
import { isPassing, useAnswer } from "../shared/useAnswer";
import { walkedGraph } from "./chosen";
import { begin, decline, end, useWalk } from "./progress";
import { N_STEPS } from "./steps";
import "./WalkOffer.css";

/** Prompts of which the graph is chosen: those with most labels. */
const LISTED = 20;
/** Milliseconds between two looks for a labelled graph, as long as there is none: the first are being traced. */
const EVERY = 5000;
const NONE = "No stored graph has labels yet, which the walk needs: import a labelled one, or wait until one is traced and named.";

const labelled = (limit: number, signal: AbortSignal): Promise<LibraryAnswer> => getPrompts({ labelled: true, order: "labelled", limit }, signal);

/** Whether labels group the paths of a graph; null: it was deleted meanwhile. */
async function isGrouped(id: string, signal: AbortSignal): Promise<boolean | null> {
  try {
    return (await getGraph(id, "made", signal)).default_group_by === "label";
  } catch (reason) {
    if (asApiError(reason).error === "GraphNotFound") return null;
    throw reason;
  }
}

/** In a record, since `useAnswer` has null for no answer yet. */
async function find(signal: AbortSignal): Promise<{ graph: ListedGraph | null }> {
  return { graph: await walkedGraph(await labelled(LISTED, signal), (id) => isGrouped(id, signal)) };
}

/** `isListed`: whether the library shows its first rows. */
export function WalkOffer({ isListed }: { isListed: boolean }) {
  const { progress, isDeclined } = useWalk();
  /** How often somebody asked for it, and whether it is being looked for. */
  const [asked, setAsked] = useState(0);
  const [isLooking, setLooking] = useState(false);
  const [hasSome, setSome] = useState(false);
  // All graphs are looked through for it, so it waits: asked at the same time, it would keep the database from the first rows.
  const offered = useAnswer(isDeclined || hasSome || !isListed ? null : "offer", (signal) => labelled(1, signal), EVERY);
  const { answer, error, loading } = useAnswer(isLooking ? `walk ${asked}` : null, find);
  const found = isLooking && !loading && error === null ? answer : null;

  if (!hasSome && (offered.answer?.prompts.length ?? 0) > 0) setSome(true);
  const onFound = useEffectEvent((graph: ListedGraph | null) => {
    setLooking(false);
    if (graph === null) return;
    begin(graph.id);
    navigate(graphAddress(graph.id));
  });
  useEffect(() => {
    if (found) onFound(found.graph);
  }, [found]);
  const look = () => {
    setAsked(asked + 1);
    setLooking(true);
  };

  const news = error ? `${error.detail}${isPassing(error) ? " The page keeps trying." : ""}` : isLooking ? "Looking for a labelled graph…" : asked > 0 && answer?.graph === null ? NONE : "";
  if (!isDeclined && (hasSome || offered.answer === null)) {
    // Until it is known, its place is kept, else the rows would move from under the pointer.
    return (
      <section className={hasSome ? "walk-offer" : "walk-offer is-awaited"} aria-labelledby="walk-offer-title" data-testid="walk-offer">
        <div>
          <h2 id="walk-offer-title">New here?</h2>
          <p>A walk of {N_STEPS} steps shows how to read a graph, on a stored one. It takes two minutes.</p>
        </div>
        <div className="walk-offer-actions">
          <button type="button" className="primary" disabled={isLooking} data-testid="walk-begin" onClick={look}>
            Take the walk
          </button>
          <button type="button" data-testid="walk-decline" onClick={decline}>
            No, thanks
          </button>
        </div>
        <p role="status">{news}</p>
      </section>
    );
  }
  return (
    <div className="walk-offer-link muted" data-testid="walk-link">
      {progress ? (
        <>
          <button type="button" onClick={() => navigate(graphAddress(progress.graph))}>
            Go on with the walk: step {progress.step + 1} of {N_STEPS}
          </button>
          <button type="button" onClick={end}>
            End it
          </button>
        </>
      ) : (
        <button type="button" onClick={look}>
          The walk: {N_STEPS} steps through a graph
        </button>
      )}
      <span role="status">{news}</span>
    </div>
  );
}
