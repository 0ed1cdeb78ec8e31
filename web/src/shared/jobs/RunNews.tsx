/** What is told of a job that was asked for here: its progress, that it was cancelled, or why it failed. */
import { Trouble } from "../Trouble";
import { Progress } from "./Progress";
import type { Run } from "./useRun";
import "./RunNews.css";

interface RunNewsProps {
  run: Omit<Run, "start">;
  /** What is said of a failure: "It could not be computed". */
  failed: string;
}

export function RunNews({ run: { isRunning, job, error, cancel, dismiss }, failed }: RunNewsProps) {
  return (
    <div className="run-news">
      {isRunning && <Progress job={job} onCancel={cancel} />}
      {job?.state === "cancelled" && (
        // Has the focus after the button that cancelled.
        <p className="muted" role="status" tabIndex={-1} data-testid="run-cancelled">
          It was cancelled.
        </p>
      )}
      {error && <Trouble error={error} title={isRunning ? "It could not be cancelled" : failed} onDismiss={dismiss} />}
    </div>
  );
}
