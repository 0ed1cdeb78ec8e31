/**
 * home/: the first page. A prompt to trace, the jobs that are not ended, the library of stored graphs; the token's form.
 *
 *     Home -> library/Library -> Filters | PromptRow | GraphRow | Chosen | Describe;  TokenForm
 *     library/: asked.ts (what is listed), ahead.ts (sends it before React starts), useLibrary.ts (its pages), places.ts (rows)
 */
import { useEffect, useState } from "react";
import { getJobs, getModels, NEWEST_JOBS, type ApiError } from "../api/client";
import { isFinished } from "../api/jobs";
import { ImportButton, useImports } from "../imports/ImportDrop";
import { AgainForm } from "../prompt/AgainForm";
import { JobList } from "../runs/JobList";
import { graphToOpen, shownJobs, unfinished } from "../runs/jobs";
import { BUSY, IDLE, useJobs } from "../runs/useJobs";
import { count } from "../shared/format";
import { useReadOnly } from "../shared/hooks/useReadOnly";
import { follow, graphAddress, navigate } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { isPassing, useAnswer } from "../shared/useAnswer";
import { useNow } from "../shared/hooks/useNow";
import { WalkOffer } from "../walk/WalkOffer";
import { Library } from "./library/Library";
import "./Home.css";

/** `onListed`: the library shows its first rows. */
export function Home({ onListed }: { onListed: () => void }) {
  const now = useNow();
  const { state: jobs, dispatch } = useJobs("home", async (signal) => {
    const [newest, running] = await Promise.all([getJobs({}, signal), getJobs({ state: ["running"] }, signal)]);
    const ids = new Set(newest.jobs.map(({ id }) => id));
    // Where thousands wait, what runs is not among the newest.
    return { jobs: [...newest.jobs, ...running.jobs.filter(({ id }) => !ids.has(id))], isCut: newest.jobs.length === NEWEST_JOBS };
  });
  const { stored } = useImports();
  const models = useAnswer("models", getModels);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const [isListed, setListed] = useState(false);
  const isReadOnly = useReadOnly();
  const shown = shownJobs(jobs.jobs, now);
  const isBusy = unfinished(jobs).length > 0;

  useEffect(() => {
    if (isListed) onListed();
  }, [isListed, onListed]);
  useEffect(() => {
    document.title = "Circuit Explorer";
  }, []);

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
        {models.error && !isPassing(models.error) && (
          <Trouble error={models.error} title="The models could not be listed" onRetry={models.again} />
        )}
        {trouble && <Trouble error={trouble} onDismiss={() => setTrouble(null)} />}
        <WalkOffer isListed={isListed} />
        {isReadOnly ? (
          <p className="muted" data-testid="read-only">
            This data set is only read: graphs can be opened, asked and tested by prediction, and links keep what you make of them.
          </p>
        ) : (
          <AgainForm
            models={models.answer}
            onSubmitted={(job) => dispatch({ type: "submitted", job })}
            onQueued={(queued) => dispatch({ type: "queued", jobs: queued })}
          />
        )}
        {shown.jobs.length > 0 && (
          <section aria-labelledby="jobs-title">
            <h2 id="jobs-title">Jobs</h2>
            <JobList heading="jobs-title" jobs={shown.jobs} dispatch={dispatch} onError={setTrouble} />
            <p className="home-runs muted">
              {shown.more > 0 && (
                <span data-testid="more-waiting">
                  and {jobs.isCut && "at least "}
                  {count(shown.more)} more waiting ·{" "}
                </span>
              )}
              <a href="/runs" onClick={follow}>
                All runs
              </a>
            </p>
          </section>
        )}
        <Library
          every={isBusy ? BUSY : IDLE}
          // A job that ended may have stored a graph.
          stamp={stored + jobs.jobs.filter(isFinished).length}
          isBusy={isBusy}
          actions={isReadOnly ? null : <ImportButton />}
          onListed={setListed}
          onError={setTrouble}
        />
      </main>
    </div>
  );
}
