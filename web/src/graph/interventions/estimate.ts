/** How long a test will take, from the tests before it. */
import type { GraphRecord, Job } from "../../api/types";

const took = ({ started_at: start, finished_at: end }: Job): number | null =>
  start && end ? (new Date(end).getTime() - new Date(start).getTime()) / 1000 : null;

/** Seconds that the newest test of a kind with the same model took; as long as its trace, where there was none; null: not known. */
export function secondsOf(jobs: readonly Job[], kind: "intervene" | "verify", record: Pick<GraphRecord, "model" | "timings">): number | null {
  const before = jobs.filter((job) => job.kind === kind && job.state === "done" && job.model === record.model && took(job) !== null);
  const [newest] = before.sort((a, b) => (b.finished_at ?? "").localeCompare(a.finished_at ?? ""));
  const { model, trace } = record.timings ?? {};
  return newest ? took(newest) : trace === undefined ? null : (model ?? 0) + trace;
}
