import { describe, expect, it } from "vitest";
import type { Job } from "../api/types";
import { graphToOpen, jobsAfter, NO_JOBS, shownJobs, unfinished } from "./jobs";

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
  known: false,
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
    let state = jobsAfter(NO_JOBS, { type: "listed", jobs: [job("b", { state: "done", graph_id: "g" })], isCut: false });
    expect(graphToOpen(state)).toBeNull();
    state = jobsAfter(state, { type: "submitted", job: job("a") });
    state = jobsAfter(state, { type: "changed", job: job("a", { state: "failed" }) });
    expect(graphToOpen(state)).toBeNull();
  });

  it("keeps the order of the list and adds jobs it has not seen in front", () => {
    let state = jobsAfter(NO_JOBS, { type: "listed", jobs: [job("b"), job("a")], isCut: false });
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
    state = jobsAfter(state, { type: "listed", jobs: [behind], isCut: false });
    expect(state.jobs[0]?.phase).toBe("prune");
  });

  it("keeps the submitted job while the list does not have it yet, and drops others", () => {
    let state = jobsAfter(NO_JOBS, { type: "listed", jobs: [job("old")], isCut: false });
    state = jobsAfter(state, { type: "submitted", job: job("mine") });
    state = jobsAfter(state, { type: "listed", jobs: [], isCut: false });
    expect(state.jobs.map((each) => each.id)).toEqual(["mine"]);
  });

  it("keeps what was queued at once, the last in front, until a list may have it", () => {
    let state = jobsAfter(NO_JOBS, { type: "listed", jobs: [job("old")], isCut: false });
    state = jobsAfter(state, { type: "queued", jobs: [job("a"), job("old"), job("b")] });
    expect(state.jobs.map(({ id }) => id)).toEqual(["b", "a", "old"]);
    state = jobsAfter(state, { type: "listed", jobs: [job("old")], isCut: true });
    expect([state.jobs.map(({ id }) => id), state.isCut, state.awaited]).toEqual([["b", "a", "old"], true, null]);
    state = jobsAfter(state, { type: "listed", jobs: [job("b")], isCut: true });
    expect(state.jobs.map(({ id }) => id)).toEqual(["b"]);
  });

  it("ends at a cancelled job: nothing is opened, and no late event wakes it", () => {
    let state = jobsAfter(NO_JOBS, { type: "submitted", job: job("a", { graph_id: "g" }) });
    state = jobsAfter(state, { type: "changed", job: job("a", { state: "cancelled", graph_id: "g" }) });
    expect([graphToOpen(state), unfinished(state)]).toEqual([null, []]);
    state = jobsAfter(state, { type: "changed", job: job("a", { state: "running" }) });
    expect(state.jobs[0]?.state).toBe("cancelled");
  });

  it("opens the graph of the awaited job that was tried again, and of no other", () => {
    let state = jobsAfter(NO_JOBS, { type: "submitted", job: job("a") });
    state = jobsAfter(state, { type: "retried", id: "other", job: job("c") });
    expect(state.awaited).toBe("a");
    state = jobsAfter(state, { type: "retried", id: "a", job: job("b") });
    expect([state.jobs.map(({ id }) => id), state.awaited]).toEqual([["b", "c", "a"], "b"]);
  });
});

describe("shownJobs", () => {
  const now = new Date("2026-03-12T12:00:00Z").getTime();
  const ended = (id: string, state: Job["state"], minutes: number, prompt = id): Job =>
    job(id, { state, prompt, finished_at: new Date(now - minutes * 60_000).toISOString() });
  const ids = (jobs: readonly Job[]) => shownJobs(jobs, now).jobs.map(({ id }) => id);

  it("has what runs, then the next that wait, then what ended", () => {
    const waiting = Array.from({ length: 10 }, (_, at) => job(`w${at}`, { prompt: `w${at}` }));
    const shown = shownJobs([...waiting, ended("c", "cancelled", 1), job("r", { state: "running", prompt: "r" })], now);
    expect(shown.jobs.map(({ id }) => id)).toEqual(["r", "w9", "w8", "w7", "w6", "c"]);
    expect(shown.more).toBe(6);
  });
  it("keeps cancelled jobs an hour and failed ones a day; what is done is a graph", () => {
    expect(ids([ended("d", "done", 0), ended("c", "cancelled", 59), ended("f", "failed", 23 * 60)])).toEqual(["c", "f"]);
    expect(ids([ended("c", "cancelled", 61), ended("f", "failed", 25 * 60)])).toEqual([]);
  });
  it("leaves out a failure once the same prompt was asked again, but no test of a graph", () => {
    expect(ids([job("new", { prompt: "p" }), ended("old", "cancelled", 1, "p"), ended("done", "done", 2, "p")])).toEqual(["new"]);
    const tests = [ended("second", "failed", 1, "p"), ended("first", "failed", 2, "p")];
    expect(ids(tests.map((test) => ({ ...test, kind: "intervene" as const })))).toEqual(["second", "first"]);
  });
});
