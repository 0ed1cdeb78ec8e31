/** The jobs: running, waiting, and lately finished, with the reason of a failure. */
import type { Job } from "../api/types";
import { ago, count, moment, percent } from "../shared/format";
import { follow, graphAddress } from "../shared/router";
import { useNow } from "../shared/useNow";
import { isFinished, phasesOf, progress, type JobsState } from "./jobs";
import "./JobList.css";

/** Milliseconds that finished jobs stay listed; failed ones longer, so that somebody reads why. */
const STAYS = { done: 5 * 60_000, failed: 24 * 3_600_000 };
const MOST_FINISHED = 5;
const MOST_WAITING = 8;

const DOING = {
  trace: "Tracing",
  prune: "Pruning",
  annotate: "Looking up labels",
  load: "Storing",
  baseline: "Running the prompt",
  intervene: "Testing",
  internals: "Looking inside the model",
};

function stays(job: Job, now: number): boolean {
  if (!isFinished(job)) return false;
  const age = now - new Date(job.finished_at ?? job.created_at).getTime();
  return age < (job.state === "failed" ? STAYS.failed : STAYS.done);
}

export function JobList({ state }: { state: JobsState }) {
  const now = useNow();
  const running = state.jobs.filter((job) => job.state === "running");
  const waiting = state.jobs.filter((job) => job.state === "queued").reverse();
  const finished = state.jobs.filter((job) => stays(job, now)).slice(0, MOST_FINISHED);
  const shown = [...running, ...waiting.slice(0, MOST_WAITING), ...finished];
  if (shown.length === 0) return null;
  return (
    <section aria-labelledby="jobs-title">
      <h2 id="jobs-title">Jobs</h2>
      <ul className="job-list">
        {shown.map((job) => (
          <JobRow key={job.id} job={job} now={now} />
        ))}
      </ul>
      {waiting.length > MOST_WAITING && (
        <p className="muted">and {count(waiting.length - MOST_WAITING)} more waiting</p>
      )}
    </section>
  );
}

function JobRow({ job, now }: { job: Job; now: number }) {
  return (
    <li className="job-list-job" data-testid="job-row" data-job-id={job.id} data-state={job.state}>
      <span className="ellipsis" title={job.prompt}>
        {job.prompt}
      </span>
      <span className="ellipsis muted">{job.model}</span>
      <JobState job={job} now={now} />
      {job.note && (
        <p className="job-list-note" data-testid="job-note">
          {job.note}
        </p>
      )}
      {job.state === "failed" && (
        <p className="job-list-problem">{job.problem?.detail ?? "It failed without saying why; the server's log does."}</p>
      )}
    </li>
  );
}

function JobState({ job, now }: { job: Job; now: number }) {
  if (job.state === "queued") return <span className="job-list-state muted">waiting</span>;
  if (job.state === "failed") {
    return <span className="job-list-state is-failed">failed {ago(job.finished_at ?? job.created_at, now)}</span>;
  }
  if (job.state === "done") {
    return (
      <span className="job-list-state" title={moment(job.finished_at ?? job.created_at)}>
        {job.graph_id ? (
          <a href={graphAddress(job.graph_id)} onClick={follow}>
            Open the graph
          </a>
        ) : (
          "done"
        )}
      </span>
    );
  }
  const { phase, within } = progress(job);
  const phases = phasesOf(job);
  const doing = job.phase ? DOING[job.phase] : "Starting";
  // The model loads before the first feature is traced, and nothing counts its loading.
  const counts = job.total === 0 ? "…" : job.phase === "internals" ? ` ${percent(job.done / job.total)}` : ` ${count(job.done)} of ${count(job.total)}`;
  return (
    <span className="job-list-state is-running">
      <span>
        {doing}
        {counts}
      </span>
      <span
        className="job-list-phases"
        role="progressbar"
        aria-label={`${doing}${counts}`}
        aria-valuemin={0}
        aria-valuemax={phases.length}
        aria-valuenow={phase + (within ?? 0)}
      >
        {phases.map((name, at) => (
          <span
            key={name}
            className={at === phase && within === null ? "job-list-phase is-unknown" : "job-list-phase"}
            title={name}
            data-phase={name}
          >
            <span style={{ width: at < phase ? "100%" : at > phase ? "0" : `${(within ?? 0) * 100}%` }} />
          </span>
        ))}
      </span>
    </span>
  );
}
