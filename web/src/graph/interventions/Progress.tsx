/** How far a job that tests has come. */
import type { Job } from "../../api/types";
import { count } from "../../shared/format";
import "./Progress.css";

const DOING: Partial<Record<NonNullable<Job["phase"]>, string>> = { baseline: "Running the prompt", intervene: "Testing" };

function doing(job: Job | null): string {
  if (job === null || job.state === "queued") return "Waiting for the model";
  const phase = (job.phase && DOING[job.phase]) ?? "Starting";
  return job.total > 1 ? `${phase} ${count(job.done)} of ${count(job.total)}` : phase;
}

export function Progress({ job }: { job: Job | null }) {
  const text = `${doing(job)}…`;
  return (
    <div className="progress" role="status" data-testid="test-progress" data-state={job?.state ?? "sent"}>
      <span>{text}</span>
      <progress aria-label={text} {...(job && job.total > 1 ? { max: job.total, value: job.done } : {})} />
    </div>
  );
}
