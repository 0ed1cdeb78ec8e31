/**
 * runs/: all jobs, queued to ended: how far they are, the settings that they used, why they failed; cancelled, tried again.
 *
 *     Runs -> JobList -> TracedPrompt;  Runs -> JobSettings;  both over useJobs.ts -> jobs.ts
 *
 * The first page shows those that are not ended with the same list.
 */
import { useEffect, useState } from "react";
import { getJobs, NEWEST_JOBS, type ApiError } from "../api/client";
import type { JobKind, JobState } from "../api/types";
import { Segmented } from "../shared/choice/Segmented";
import { count } from "../shared/format";
import { useKeptScroll } from "../shared/keep/scroll";
import { navigate, useSearch } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { addressOf, KINDS, questionOf, SHOWN, type Shown } from "./address";
import { JobList } from "./JobList";
import { JobSettings } from "./JobSettings";
import { useJobs } from "./useJobs";
import { Skeleton } from "../shared/list/Skeleton";
import "./Runs.css";

const STATES: Record<Shown, JobState[]> = {
  all: [],
  unfinished: ["queued", "running"],
  done: ["done"],
  failed: ["failed"],
  cancelled: ["cancelled"],
};

export function Runs() {
  const question = questionOf(useSearch());
  const { shown, kind, page } = question;
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const { state, dispatch, loading, error } = useJobs(addressOf(question), async (signal) => {
    const asked = { state: STATES[shown], kind, limit: NEWEST_JOBS + 1, offset: page * NEWEST_JOBS };
    const { jobs } = await getJobs(asked, signal);
    return { jobs: jobs.slice(0, NEWEST_JOBS), isCut: jobs.length > NEWEST_JOBS };
  });
  useKeptScroll(!loading);
  useEffect(() => {
    document.title = "Runs · Circuit Explorer";
  }, []);
  const ask = (change: Partial<typeof question>) => navigate(addressOf({ ...question, page: 0, ...change }));
  return (
    <div className="page">
      <TopBar />
      <main className="runs">
        <h1 id="runs-title">Runs</h1>
        {error?.unreachable && (
          <Trouble error={error} title="The server does not answer" detail="It may have been stopped; this page keeps trying and goes on when it is back." />
        )}
        {error && !error.unreachable && <Trouble error={error} title="The jobs could not be listed" />}
        {trouble && <Trouble error={trouble} onDismiss={() => setTrouble(null)} />}
        <div className="runs-filters">
          <Segmented name="State" value={shown} options={SHOWN} onChoose={(next) => ask({ shown: next })} />
          <label>
            <span className="muted">Kind</span>{" "}
            <select value={kind ?? ""} data-testid="runs-kind" onChange={({ target }) => ask({ kind: (target.value || null) as JobKind | null })}>
              <option value="">All</option>
              {KINDS.map(({ value, text }) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
        </div>
        {loading && !error && (
          <Skeleton label="The jobs are being listed" />
        )}
        {!loading && state.jobs.length === 0 && (
          <p className="runs-none muted" data-testid="no-jobs">
            {page > 0 ? "There are no older jobs." : shown === "all" && kind === null ? "No jobs yet: a prompt that is traced on the first page becomes one." : "No such jobs."}
          </p>
        )}
        {!loading && state.jobs.length > 0 && (
          <JobList heading="runs-title" jobs={state.jobs} dispatch={dispatch} onError={setTrouble} more={(job) => <JobSettings job={job} />} />
        )}
        {(page > 0 || state.isCut) && (
          <nav className="runs-pages" aria-label="Pages of jobs">
            <button type="button" disabled={page === 0} onClick={() => ask({ page: page - 1 })}>
              Newer
            </button>
            <span className="muted">
              {count(page * NEWEST_JOBS + 1)} to {count(page * NEWEST_JOBS + state.jobs.length)}
            </span>
            <button type="button" disabled={!state.isCut} onClick={() => ask({ page: page + 1 })}>
              Older
            </button>
          </nav>
        )}
      </main>
    </div>
  );
}
