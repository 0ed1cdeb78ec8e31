/**
 * home/: the page before a graph is open. A prompt to trace, the jobs, the stored graphs; files to import; the token's form.
 *
 *     Home -> prompt/PromptForm | JobList | CollectionFilter | GraphList | ImportDrop;  Home -> useServerLists.ts -> jobs.ts;  TokenForm
 *     JobList -> TracedPrompt -> prompt/TokenList
 *     PromptForm -> Messages | SplitTokens | Known | Settings -> Targets;  all of it over draft.ts, which makes the request
 */
import { useEffect, useState } from "react";
import { getModels, type ApiError } from "../api/client";
import { counted } from "../shared/format";
import { useReadOnly } from "../shared/hooks/useReadOnly";
import { useKeptScroll } from "../shared/keep/scroll";
import { graphAddress, navigate, useSearch } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { isPassing, useAnswer } from "../shared/useAnswer";
import { collectionOf } from "./collection";
import { CollectionFilter } from "./CollectionFilter";
import { GraphList } from "./GraphList";
import { ImportButton, useImports } from "./ImportDrop";
import { JobList } from "./JobList";
import { graphToOpen, unfinished } from "./jobs";
import { PromptForm } from "./prompt/PromptForm";
import { useServerLists } from "./useServerLists";
import "./Home.css";

export function Home() {
  const collection = collectionOf(useSearch());
  const { jobs, dispatch, graphs, collections, error, refresh } = useServerLists(collection);
  const { stored } = useImports();
  const models = useAnswer("models", getModels);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  useKeptScroll(graphs !== null);
  const isReadOnly = useReadOnly();

  useEffect(() => {
    document.title = "Circuit Explorer";
  }, []);

  useEffect(() => {
    if (stored > 0) refresh();
  }, [stored, refresh]);

  const ready = graphToOpen(jobs);
  useEffect(() => {
    if (ready === null) return;
    dispatch({ type: "opened" });
    navigate(graphAddress(ready));
  }, [ready, dispatch]);

  return (
    <div className="page">
      <TopBar />
      <main className="home">
        {error?.unreachable && (
          <Trouble
            error={error}
            title="The server does not answer"
            detail="It may have been stopped; this page keeps trying and goes on when it is back."
          />
        )}
        {error && !error.unreachable && <Trouble error={error} title="The lists could not be read" />}
        {models.error && !isPassing(models.error) && (
          <Trouble error={models.error} title="The models could not be listed" onRetry={models.again} />
        )}
        {trouble && <Trouble error={trouble} onDismiss={() => setTrouble(null)} />}
        {isReadOnly ? (
          <p className="muted" data-testid="read-only">
            This data set is only read: graphs can be opened, asked and tested by prediction, and links keep what you make of them.
          </p>
        ) : (
          <PromptForm
            models={models.answer}
            onSubmitted={(job) => dispatch({ type: "submitted", job })}
            onQueued={(queued) => dispatch({ type: "queued", jobs: queued })}
          />
        )}
        <JobList state={jobs} dispatch={dispatch} onError={setTrouble} />
        <section aria-labelledby="graphs-title">
          <div className="home-section-head">
            <h2 id="graphs-title" tabIndex={-1}>
              Graphs
            </h2>
            {graphs && graphs.length > 0 && <span className="muted">{counted(graphs.length, "graph")}</span>}
            {graphs && <CollectionFilter collections={collections} chosen={collection} />}
            {!isReadOnly && <ImportButton />}
          </div>
          {graphs === null && !error && <Skeleton />}
          {graphs?.length === 0 && collection !== null && <NoneInCollection name={collection} isThere={collections.some(({ name }) => name === collection)} />}
          {graphs?.length === 0 && collection === null && <NoGraphs busy={unfinished(jobs).length > 0} />}
          {graphs && graphs.length > 0 && (
            <GraphList graphs={graphs} onDeleted={refresh} onError={setTrouble} />
          )}
        </section>
      </main>
    </div>
  );
}

function NoGraphs({ busy }: { busy: boolean }) {
  return (
    <div className="home-empty" data-testid="no-graphs">
      {busy ? (
        <>
          <p>
            <b>The first prompts are being traced.</b>
          </p>
          <p className="muted">Each becomes a graph here as soon as it is stored; the first takes a little longer.</p>
        </>
      ) : (
        <>
          <p>
            <b>No graphs yet.</b>
          </p>
          <p className="muted">
            Type a prompt above to trace one, or drop a graph file (JSON, as Neuronpedia and circuit-tracer write it)
            anywhere on this page.
          </p>
        </>
      )}
    </div>
  );
}

function NoneInCollection({ name, isThere }: { name: string; isThere: boolean }) {
  return (
    <div className="home-empty" data-testid="none-in-collection">
      <p>
        <b>{isThere ? `The collection “${name}” has no graphs.` : `There is no collection “${name}”.`}</b>
      </p>
    </div>
  );
}

function Skeleton() {
  return (
    <div className="skeleton" aria-label="The graphs are being listed" role="status">
      <span />
      <span />
      <span />
    </div>
  );
}
