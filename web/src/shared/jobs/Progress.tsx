/** How far a job has come that works on a stored graph, and the way to end it. */
import { isFinished } from "../../api/jobs";
import type { Job } from "../../api/types";
import { count, percent, timeLeft } from "../format";
import "./Progress.css";

type Phase = NonNullable<Job["phase"]>;

const DOING: Partial<Record<Phase, string>> = { baseline: "Running the prompt", intervene: "Testing", internals: "Computing", prune: "Pruning", annotate: "Naming features", load: "Storing" };
/** The phases that count no things but shares of what there is to do. */
const IN_SHARES: ReadonlySet<Phase> = new Set(["internals"]);

function doing(job: Job | null): string {
  if (job?.kind === "prune" && job.state === "queued") return "Waiting for its turn";
  if (job === null || job.state === "queued") return "Waiting for the model";
  const phase = (job.phase && DOING[job.phase]) ?? "Starting";
  if (job.total <= 1) return phase;
  return job.phase && IN_SHARES.has(job.phase) ? `${phase}, ${percent(job.done / job.total, 0)}` : `${phase} ${count(job.done)} of ${count(job.total)}`;
}

/** `job` is null until the server has accepted it: only then can it be cancelled. */
export function Progress({ job, onCancel }: { job: Job | null; onCancel: () => void }) {
  const text = `${doing(job)}…`;
  const left = timeLeft(job?.seconds_left);
  return (
    <div className="progress" data-testid="job-progress" data-state={job?.state ?? "sent"}>
      <div className="progress-bar" role="status">
        <span>
          {text} {left}
        </span>
        <progress aria-label={text} {...(job && job.total > 1 ? { max: job.total, value: job.done } : {})} />
      </div>
      {job && !isFinished(job) && (
        <button type="button" data-testid="cancel-run" onClick={onCancel}>
          Cancel
        </button>
      )}
    </div>
  );
}
