/** Which jobs the page of runs lists, as its address says it: `/runs?show=failed&kind=prune&page=2`. */
import type { JobKind } from "../api/types";

export type Shown = "all" | "unfinished" | "done" | "failed" | "cancelled";

export const SHOWN: readonly { value: Shown; text: string }[] = [
  { value: "all", text: "All" },
  { value: "unfinished", text: "Waiting and running" },
  { value: "done", text: "Done" },
  { value: "failed", text: "Failed" },
  { value: "cancelled", text: "Cancelled" },
];

export const KINDS: readonly { value: JobKind; text: string }[] = [
  { value: "trace", text: "Traces" },
  { value: "prune", text: "Prunings" },
  { value: "intervene", text: "Tests" },
  { value: "verify", text: "Verifications" },
  { value: "internals", text: "Internals" },
];

export interface RunsQuestion {
  shown: Shown;
  /** Null: all. */
  kind: JobKind | null;
  /** From 0. */
  page: number;
}

/** What is no question is left out. */
export function questionOf(search: string): RunsQuestion {
  const asked = new URLSearchParams(search);
  const page = Number(asked.get("page") ?? 1);
  return {
    shown: SHOWN.find(({ value }) => value === asked.get("show"))?.value ?? "all",
    kind: KINDS.find(({ value }) => value === asked.get("kind"))?.value ?? null,
    page: Number.isInteger(page) && page > 1 && page < 1e6 ? page - 1 : 0,
  };
}

export function addressOf({ shown, kind, page }: RunsQuestion): string {
  const asked = new URLSearchParams({
    ...(shown === "all" ? {} : { show: shown }),
    ...(kind === null ? {} : { kind }),
    ...(page === 0 ? {} : { page: String(page + 1) }),
  });
  return asked.size > 0 ? `/runs?${asked.toString()}` : "/runs";
}
