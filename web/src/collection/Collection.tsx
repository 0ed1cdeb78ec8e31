/**
 * collection/: a collection: its graphs, and what they share.
 *
 *     Collection -> CollectionHead | HeldGraphs -> useHeld.ts, AddGraphs | InCommon -> CommonRow -> places.ts;  words.ts, address.ts
 */
import { useCallback, useEffect, useState } from "react";
import { getCollection } from "../api/client";
import { useKeptScroll } from "../shared/keep/scroll";
import { follow } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { isPassing, useAnswer } from "../shared/useAnswer";
import { CollectionHead } from "./CollectionHead";
import { HeldGraphs } from "./HeldGraphs";
import { InCommon } from "./InCommon";
import "./Collection.css";

/** Milliseconds between two looks at how many graphs it has: jobs and other people put some into it. */
const EVERY = 8000;

export function Collection({ name }: { name: string }) {
  const [revision, setRevision] = useState(0);
  const { answer: record, error } = useAnswer(JSON.stringify([name, revision]), (signal) => getCollection(name, signal), EVERY);
  const onChanged = useCallback(() => setRevision((before) => before + 1), []);
  useKeptScroll(record !== null);
  useEffect(() => {
    document.title = `${name} · Circuit Explorer`;
  }, [name]);

  const isGone = error?.error === "CollectionNotFound";
  return (
    <div className="page">
      <TopBar place={<span className="ellipsis">{name}</span>} />
      {isGone || record === null ? (
        <main className="notice">
          {isGone ? (
            <>
              <h1>There is no collection “{name}”</h1>
              <p data-testid="error-banner">It may have been renamed or deleted, or the address is not whole. Its graphs, if it had some, are stored.</p>
              <p>
                <a href="/" onClick={follow}>
                  All graphs
                </a>
              </p>
            </>
          ) : error ? (
            <Trouble error={error} title="The collection could not be read" {...(isPassing(error) && { detail: `${error.detail} The page keeps trying.` })} onRetry={onChanged} />
          ) : (
            <p className="muted" role="status">
              Opening the collection…
            </p>
          )}
        </main>
      ) : (
        <main className="collection">
          {error && <Trouble error={error} title="Not current" {...(isPassing(error) && { detail: `${error.detail} The page keeps trying.` })} onRetry={onChanged} />}
          <CollectionHead record={record} />
          <div className="collection-columns">
            <HeldGraphs record={record} revision={revision} onChanged={onChanged} />
            <InCommon record={record} revision={revision} />
          </div>
        </main>
      )}
    </div>
  );
}
