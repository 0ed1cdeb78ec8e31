import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import { afterFailure, isPassing, pauseAfter } from "./useAnswer";

describe("asking again", () => {
  it("waits twice as long after each failure, and never long", () => {
    expect([1, 2, 3, 4, 20].map(pauseAfter)).toEqual([1000, 2000, 4000, 5000, 5000]);
  });
  it("is for a server or a database that is away, not for what is refused or broken", () => {
    const passing = [0, 503, 400, 404, 500, -1].filter((status) => isPassing(new ApiError(status, "Error", "")));
    expect(passing).toEqual([0, 503]);
  });
  it("keeps the answer that there was", () => {
    const error = new ApiError(0, "Unreachable", "The server does not answer.");
    expect(afterFailure({ key: "a", answer: 7, error: null }, "b", error)).toEqual({ key: "b", answer: 7, error });
  });
});
