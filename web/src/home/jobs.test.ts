import { describe, expect, it } from "vitest";
import type { Job } from "../api/types";
import { graphToOpen, jobsAfter, NO_JOBS, unfinished } from "./jobs";

function job(id: string, change: Partial<Job> = {}): Job {
  return {
    id,
    kind: "trace",
    prompt: "The capital of Texas is",
    model: "demo",
    transcoders: "demo",
    parameters: {
      max_n_logits: 10,
      desired_logit_prob: 0.95,
      max_feature_nodes: 8192,
      batch_size: 256,
      update_interval: 4,
      attribution_targets: null,
      node_threshold: 0.8,
      edge_threshold: 0.98,
    },
    state: "queued",
    done: 0,
    total: 0,
    created_at: "2026-03-12T12:00:00Z",
    ...change,
  };
}

describe("jobsAfter", () => {
  it("opens the graph of the job that was submitted here, once", () => {
    let state = jobsAfter(NO_JOBS, { type: "submitted", job: job("a") });
    expect(graphToOpen(state)).toBeNull();
    state = jobsAfter(state, { type: "changed", job: job("a", { state: "done", graph_id: "g" }) });
    expect(graphToOpen(state)).toBe("g");
    state = jobsAfter(state, { type: "opened" });
    expect(graphToOpen(state)).toBeNull();
  });

  it("does not open what was queued elsewhere or what failed", () => {
    let state = jobsAfter(NO_JOBS, { type: "listed", jobs: [job("b", { state: "done", graph_id: "g" })] });
    expect(graphToOpen(state)).toBeNull();
    state = jobsAfter(state, { type: "submitted", job: job("a") });
    state = jobsAfter(state, { type: "changed", job: job("a", { state: "failed" }) });
    expect(graphToOpen(state)).toBeNull();
  });

  it("keeps the order of the list and adds jobs it has not seen in front", () => {
    let state = jobsAfter(NO_JOBS, { type: "listed", jobs: [job("b"), job("a")] });
    state = jobsAfter(state, { type: "changed", job: job("a", { state: "running", phase: "trace" }) });
    expect(state.jobs.map((each) => each.id)).toEqual(["b", "a"]);
    state = jobsAfter(state, { type: "submitted", job: job("c") });
    expect(state.jobs.map((each) => each.id)).toEqual(["c", "b", "a"]);
    expect(unfinished(state)).toHaveLength(3);
  });

  it("never takes progress back when a poll answers late", () => {
    const ahead = job("a", { state: "running", phase: "prune" });
    const behind = job("a", { state: "running", phase: "trace", done: 30, total: 40 });
    let state = jobsAfter(NO_JOBS, { type: "changed", job: ahead });
    state = jobsAfter(state, { type: "listed", jobs: [behind] });
    expect(state.jobs[0]?.phase).toBe("prune");
  });

  it("keeps the submitted job while the list does not have it yet, and drops others", () => {
    let state = jobsAfter(NO_JOBS, { type: "listed", jobs: [job("old")] });
    state = jobsAfter(state, { type: "submitted", job: job("mine") });
    state = jobsAfter(state, { type: "listed", jobs: [] });
    expect(state.jobs.map((each) => each.id)).toEqual(["mine"]);
  });
});
