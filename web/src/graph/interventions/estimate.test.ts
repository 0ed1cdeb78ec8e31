import { describe, expect, it } from "vitest";
import type { Job } from "../../api/types";
import { secondsOf } from "./estimate";

const job = (of: Partial<Job>): Job => ({ kind: "intervene", state: "done", model: "gemma", started_at: "2026-01-01T10:00:00Z", ...of }) as Job;

describe("secondsOf", () => {
  const record = { model: "gemma", timings: { model: 15, trace: 5, prune: 1 } };
  it("takes the newest test of the kind with the same model", () => {
    const jobs = [
      job({ finished_at: "2026-01-01T10:00:03Z" }),
      job({ finished_at: "2026-01-01T10:00:08Z" }),
      job({ finished_at: "2026-01-01T10:00:30Z", kind: "verify" }),
      job({ finished_at: "2026-01-01T10:00:40Z", model: "llama" }),
      job({ state: "running" }),
    ];
    expect(secondsOf(jobs, "intervene", record)).toBe(8);
    expect(secondsOf(jobs, "verify", record)).toBe(30);
  });
  it("falls back on the graph's own trace, and knows nothing of imported graphs", () => {
    expect(secondsOf([], "intervene", record)).toBe(20);
    expect(secondsOf([], "intervene", { model: "gemma", timings: {} })).toBeNull();
  });
});
