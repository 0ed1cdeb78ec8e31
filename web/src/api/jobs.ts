/** When a job has ended. */
import type { Job } from "./types";

/** Whether nothing more comes of a job: it is done, failed or cancelled. */
export const isFinished = ({ state }: Pick<Job, "state">): boolean => state !== "queued" && state !== "running";
