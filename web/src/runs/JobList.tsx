/** Jobs, a row each: how far they are, why they failed; cancelled, tried again, their prompts edited. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { asApiError, cancelJob, retryJob, type ApiError } from "../api/client";
import { isFinished } from "../api/jobs";
import type { Job } from "../api/types";
import { ago, count, moment, percent, timeLeft } from "../shared/format";
import { useReadOnly } from "../shared/hooks/useReadOnly";
import { follow, graphAddress } from "../shared/router";
import { useNow } from "../shared/hooks/useNow";
import { DOING, phasesOf, progress, promptText, type JobsEvent } from "./jobs";
import { TracedPrompt } from "./TracedPrompt";
import "./JobList.css";

interface JobListProps {
  /** The id of the heading of the list. */
  heading: string;
  jobs: readonly Job[];
  dispatch: (event: JobsEvent) => void;
  onError: (error: ApiError) => void;
  /** What is said of a job beyond its row. */
  more?: (job: Job) => ReactNode;
}

export function JobList({ heading, jobs, dispatch, onError, more }: JobListProps) {
  const now = useNow();
  const isReadOnly = useReadOnly();
  const list = useRef<HTMLUListElement>(null);
  /** The job whose row gets the focus once it is there. */
  const next = useRef<string | null>(null);
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  const [said, setSaid] = useState("");
  const rowOf = (id: string) => list.current?.querySelector<HTMLElement>(`[data-job-id="${CSS.escape(id)}"]`) ?? null;

  useEffect(() => {
    const row = next.current === null ? null : rowOf(next.current);
    if (row === null) return;
    next.current = null;
    row.focus({ preventScroll: true });
  });

  /** Asks something of a job, once; `told` with the job that comes of it, which gets the focus that the button had. */
  const ask = (job: Job, question: (id: string) => Promise<Job>, told: (answer: Job) => void) => {
    if (asked.has(job.id)) return;
    setAsked((before) => new Set([...before, job.id]));
    question(job.id)
      .then(
        (answer) => {
          const focused = document.activeElement;
          if (focused === document.body || rowOf(job.id)?.contains(focused)) next.current = answer.id;
          told(answer);
        },
        (reason: unknown) => onError(asApiError(reason)),
      )
      .finally(() => setAsked((before) => new Set([...before].filter((id) => id !== job.id))));
  };
  const cancel = (job: Job) =>
    ask(job, cancelJob, (answer) => {
      dispatch({ type: "changed", job: answer });
      setSaid(`Cancelled: ${promptText(job)}`);
    });
  const retry = (job: Job) =>
    ask(job, retryJob, (answer) => {
      dispatch({ type: "retried", id: job.id, job: answer });
      setSaid(`Queued again: ${promptText(job)}`);
    });

  return (
    <>
      <p className="unseen" role="status">
        {said}
      </p>
      <ul className="job-list" ref={list} aria-labelledby={heading}>
        {jobs.map((job) => (
          <li key={job.id} className="job-list-job" tabIndex={-1} data-testid="job-row" data-job-id={job.id} data-state={job.state}>
            <span className="ellipsis" title={promptText(job)}>
              {promptText(job)}
            </span>
            <span className="ellipsis muted">{job.model}</span>
            <JobState job={job} now={now} />
            <span className="job-list-act">
              {job.state === "done" && job.graph_id && (
                <a href={graphAddress(job.graph_id)} onClick={follow}>
                  Open the graph
                </a>
              )}
              {!isReadOnly && !isFinished(job) && (
                <button key="cancel" type="button" aria-disabled={asked.has(job.id)} aria-label={`Cancel “${promptText(job)}”`} data-testid="cancel-job" onClick={() => cancel(job)}>
                  Cancel
                </button>
              )}
              {!isReadOnly && (job.state === "failed" || job.state === "cancelled") && (
                <button key="retry" type="button" aria-disabled={asked.has(job.id)} aria-label={`Try again “${promptText(job)}”`} data-testid="retry-job" onClick={() => retry(job)}>
                  Try again
                </button>
              )}
            </span>
            {job.traced && (
              <div className="job-list-traced">
                <TracedPrompt traced={job.traced} />
              </div>
            )}
            {job.note && (
              <p className="job-list-note" data-testid="job-note">
                {job.note}
              </p>
            )}
            {job.state === "failed" && (
              <p className="job-list-problem">{job.problem?.detail ?? "It failed without saying why; the server's log does."}</p>
            )}
            {more && <div className="job-list-more">{more(job)}</div>}
          </li>
        ))}
      </ul>
    </>
  );
}
function JobState({ job, now }: { job: Job; now: number }) {
  if (job.state === "queued") return <span className="job-list-state muted">waiting</span>;
  if (isFinished(job)) {
    const when = job.finished_at ?? job.created_at;
    return (
      <span className={job.state === "failed" ? "job-list-state is-failed" : "job-list-state muted"} title={moment(when)}>
        {job.state} {ago(when, now)}
      </span>
    );
  }
  const { phase, within } = progress(job);
  const phases = phasesOf(job);
  const doing = job.phase ? DOING[job.phase] : "Starting";
  // The model loads before the first feature is traced, and nothing counts its loading.
  const share = within === null ? "…" : ` ${percent(within, 0)}`;
  const left = timeLeft(job.seconds_left);
  return (
    <span className="job-list-state is-running">
      <span className="job-list-doing">
        <span title={within === null || job.phase === "internals" ? undefined : `${count(job.done)} of ${count(job.total)}`}>
          {doing}
          {share}
        </span>
        {left && (
          <span className="muted" title="Of this phase, if it goes on as it went">
            {left}
          </span>
        )}
      </span>
      <span
        className="job-list-phases"
        role="progressbar"
        aria-label={`${doing}${share} ${left}`.trim()}
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
