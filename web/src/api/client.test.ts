import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, getGraphs, openSession } from "./client";
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
    await expect(getGraphs()).rejects.toEqual(new ApiError(401, "Unauthorized", "This server needs its token."));
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
    await expect(getGraphs()).rejects.toMatchObject({ status: 403 });
    expect(isLocked()).toBe(false);
  });
});
