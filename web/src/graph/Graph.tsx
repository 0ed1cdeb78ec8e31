/**
 * graph/: the page of one graph. The question and its ranked answers, the drawing that proves them, the details.
 *
 *     Graph.tsx -> useGraph.ts, opened/ -> state.ts -> address.ts
 *     -> question/ | answer/ | drawing/ | circuit/ | budget/ | node/ | facts/ | work/ | out/ | prune/ | embed/ -> picture/ -> feature/ -> annotation/;  -> names/ -> model/
 */
import { useEffect, useState } from "react";
import { barePrompt } from "../shared/format";
import { isEmbedded } from "../shared/frames/embed";
import { follow } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { useKeptScroll } from "../shared/keep/scroll";
import { labelsIn, viewIn } from "./address";
import { Opened } from "./opened/Opened";
import { useGraph } from "./useGraph";

export function Graph({ id }: { id: string }) {
  const [asked] = useState(() => ({ labels: labelsIn(window.location.search), view: viewIn(window.location.search) }));
  const embedded = isEmbedded();
  const { answer: opened, error, again } = useGraph(id, asked.labels, asked.view);
  useKeptScroll(opened !== null);
  const record = opened?.model.record;
  useEffect(() => {
    document.title = record ? `${barePrompt(record)} · Circuit Explorer` : "Circuit Explorer";
  }, [record]);

  if (opened) return <Opened {...opened} />;
  return (
    <div className="page">
      {!embedded && <TopBar place={<span className="muted">{error ? "" : "Opening…"}</span>} />}
      <main className="notice">
        {error?.status === 404 ? (
          <>
            <h1>This graph is not here</h1>
            <p data-testid="error-banner">It may have been deleted, or the address is not whole. {error.detail}</p>
            <p>
              <a href="/" {...(embedded ? { target: "_blank", rel: "noopener" } : { onClick: follow })}>
                All graphs
              </a>
            </p>
          </>
        ) : error ? (
          <Trouble error={error} title="The graph could not be opened" onRetry={again} />
        ) : (
          <p className="muted" role="status">
            Opening the graph…
          </p>
        )}
      </main>
    </div>
  );
}
