import { afterEach, describe, expect, it, vi } from "vitest";
import {
  annotateGraph,
  ApiError,
  followJob,
  getFeature,
  getFlow,
  getPrompts,
  getPaths,
  getScores,
  labelFeature,
  openSession,
  removeLabel,
  sendPrompts,
} from "./client";
import { isLocked, setLocked } from "./lock";

function answering(status: number, body: unknown): ReturnType<typeof vi.fn> {
  const answer = vi.fn(() =>
    Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status })),
  );
  vi.stubGlobal("fetch", answer);
  return answer;
}

afterEach(() => {
  vi.unstubAllGlobals();
  setLocked(false);
});

describe("a server with a token", () => {
  it("locks the page when it refuses", async () => {
    answering(401, { error: "Unauthorized", detail: "This server needs its token." });
    await expect(getPrompts({})).rejects.toEqual(new ApiError(401, "Unauthorized", "This server needs its token."));
    expect(isLocked()).toBe(true);
  });

  it("keeps it locked when it is told another token", async () => {
    setLocked(true);
    answering(401, { error: "Unauthorized", detail: "" });
    await expect(openSession("guess")).rejects.toMatchObject({ status: 401 });
    expect(isLocked()).toBe(true);
  });

  it("opens it when it is told its own", async () => {
    setLocked(true);
    const asked = answering(204, null);
    await openSession("secret");
    expect(asked.mock.calls[0]).toMatchObject(["/api/session", { method: "POST", body: '{"token":"secret"}' }]);
    expect(isLocked()).toBe(false);
  });

  it("does not lock for other refusals", async () => {
    answering(403, { error: "ForbiddenHost", detail: "" });
    await expect(getPrompts({})).rejects.toMatchObject({ status: 403 });
    expect(isLocked()).toBe(false);
  });
});

describe("a question that was sent ahead", () => {
  const NONE = { prompts: [], n_prompts: 0, n_graphs: 0 };
  const ONE = { ...NONE, n_prompts: 1 };

  it("is answered to the first who asks the same, once", async () => {
    const asked = answering(200, ONE);
    sendPrompts({ search: "dallas" });
    await expect(getPrompts({ search: "dallas" })).resolves.toEqual(ONE);
    expect(asked).toHaveBeenCalledTimes(1);
    await getPrompts({ search: "dallas" });
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it("is forgotten when another is asked first, lest its answer gets old", async () => {
    const asked = answering(200, NONE);
    sendPrompts({ search: "dallas" });
    await getPrompts({});
    await getPrompts({ search: "dallas" });
    expect(asked).toHaveBeenCalledTimes(3);
  });

  it("is sent again where it failed before anybody asked", async () => {
    answering(401, { error: "Unauthorized", detail: "" });
    sendPrompts({});
    await vi.waitFor(() => expect(isLocked()).toBe(true));
    answering(200, ONE);
    await expect(getPrompts({})).resolves.toEqual(ONE);
  });

  it("tells who asks meanwhile why it failed", async () => {
    answering(403, { error: "ForbiddenHost", detail: "" });
    sendPrompts({});
    await expect(getPrompts({})).rejects.toMatchObject({ status: 403 });
  });
});

describe("a question about paths", () => {
  it("is asked in the server's words", async () => {
    const asked = answering(200, {});
    await getPaths("g", {
      k: 20,
      score: "contribution",
      group_by: "layer",
      best_members: 3,
      target: ["g/logit/2/2/99"],
      avoid: ["g/feature/1/2/13"],
      through: ["g/feature/0/1/11", "g/feature/1/1/12"],
    });
    const address = new URL(String(asked.mock.calls[0]?.[0]), "http://server");
    expect(address.pathname).toBe("/api/graphs/g/paths");
    expect([...address.searchParams]).toEqual([
      ["k", "20"],
      ["score", "contribution"],
      ["group_by", "layer"],
      ["best_members", "3"],
      ["target", "g/logit/2/2/99"],
      ["avoid", "g/feature/1/2/13"],
      ["through", "g/feature/0/1/11"],
      ["through", "g/feature/1/1/12"],
    ]);
  });
  it("asks for the flow between the same nodes", async () => {
    const asked = answering(200, {});
    await getFlow("g", { target: ["g/logit/2/2/99"], avoid: ["g/feature/1/2/13"] });
    expect(asked.mock.calls[0]?.[0]).toBe("/api/graphs/g/flow?target=g%2Flogit%2F2%2F2%2F99&avoid=g%2Ffeature%2F1%2F2%2F13");
  });
});

describe("a feature", () => {
  const feature = { model: "google/tiny", transcoder_set: "a/b", layer: 3, index: 7, site: null };
  const name = "google%2Ftiny/a%2Fb/3/7";
  it("is named with its slashes escaped", async () => {
    const asked = answering(200, {});
    await getFeature(feature);
    await getFeature({ ...feature, site: "attn" });
    expect(asked.mock.calls.map(([path]) => String(path))).toEqual([`/api/features/${name}?`, `/api/features/${name}?site=attn`]);
  });
  it("is labelled by an author, whose label can be taken away", async () => {
    const asked = answering(200, {});
    await labelFeature(feature, { text: "Texas", author: "ada" });
    const removed = answering(204, null);
    await removeLabel(feature, "ada");
    expect(asked.mock.calls[0]).toMatchObject([
      `/api/labels/${name}?`,
      { method: "PUT", body: '{"text":"Texas","author":"ada"}' },
    ]);
    expect(removed.mock.calls[0]).toMatchObject([`/api/labels/${name}?author=ada`, { method: "DELETE" }]);
  });
  it("is found out about with its graph", async () => {
    const asked = answering(200, {});
    await annotateGraph("g", 10);
    expect(asked.mock.calls[0]).toMatchObject(["/api/graphs/g/annotate?seconds=10", { method: "POST" }]);
  });
});

describe("the scores", () => {
  it("are fetched once, and again after a failure", async () => {
    answering(500, { error: "Broken", detail: "" });
    await expect(getScores()).rejects.toMatchObject({ status: 500 });
    const asked = answering(200, { scores: [] });
    await expect(getScores()).resolves.toEqual({ scores: [] });
    await getScores();
    expect(asked).toHaveBeenCalledTimes(1);
  });
});

describe("a job that is followed", () => {
  it.each(["done", "failed", "cancelled"])("is let go once it is %s, so that the browser does not connect again", (state) => {
    const close = vi.fn();
    let tell: (event: { data: string }) => void = () => undefined;
    class Stream {
      readonly close = close;
      addEventListener(_: string, listener: typeof tell) {
        tell = listener;
      }
    }
    vi.stubGlobal("EventSource", Stream);
    const told: string[] = [];
    followJob("a", (job) => told.push(job.state));
    for (const each of ["queued", "running"]) tell({ data: JSON.stringify({ state: each }) });
    expect(close).not.toHaveBeenCalled();
    tell({ data: JSON.stringify({ state }) });
    expect(close).toHaveBeenCalledOnce();
    expect(told).toEqual(["queued", "running", state]);
  });
});
