/** How far the finding out of what a graph's features are has come, in words. */
import type { AnnotationReport } from "../../api/types";
import { count, counted, seconds } from "../../shared/format";

/** Seconds that one request may take: its report is what shows that something goes on. */
export const SECONDS = 10;

/** Whether to ask again: something is left, and less than before. Null: nothing was reported before. */
export const goesOn = (before: AnnotationReport | null, { n_left: left }: AnnotationReport): boolean =>
  left > 0 && (before === null || left < before.n_left);

/** "180 of 255 features are explained, 40 are left to ask for…" */
export function progressText({ n_features: all, n_explained: explained, n_missing: missing, n_left: left }: AnnotationReport, isRunning: boolean): string {
  const parts = [`${count(explained)} of ${counted(all, "feature")} ${explained === 1 ? "has an explanation" : "have an explanation"}`];
  if (missing > 0) parts.push(`${count(missing)} Neuronpedia does not have`);
  if (left > 0) parts.push(`${count(left)} ${left === 1 ? "is" : "are"} left to ask for`);
  return `${parts.join("; ")}${isRunning ? "…" : "."}`;
}

/** What did not work, in sentences, and when to ask again. */
export function problemsOf({ problems, unknown_sets: unknown, resumes_in: resumes, n_left: left }: AnnotationReport): string[] {
  return [
    ...unknown.map((set) => `No table says what Neuronpedia calls ${set === "" ? "a transcoder set without a name" : set}.`),
    ...problems,
    ...(typeof resumes === "number" ? [`Neuronpedia takes no more requests from here for ${seconds(resumes)}.`] : []),
    ...(left > 0 && problems.length === 0 && typeof resumes !== "number" ? ["Nothing more came: this server may not ask Neuronpedia, or it is away."] : []),
  ];
}
