import { describe, expect, it } from "vitest";
import { Pointed } from "./pointed";
import { markOf } from "./usePointedTokens";

describe("the tokens under the pointer", () => {
  it("are told apart as query and key", () => {
    const at = { query: 3, key: 1 };
    expect([3, 1, 2].map((position) => markOf(at, position))).toEqual(["query", "key", null]);
    expect(markOf({ query: 2, key: 2 }, 2)).toBe("query key");
    expect(markOf({ query: null, key: 2 }, 0)).toBeNull();
  });
  it("are told to whoever listens, once a change, until it stops", () => {
    const pointed = new Pointed();
    const heard: unknown[] = [];
    const stop = pointed.subscribe((at) => heard.push(at));
    pointed.set({ query: 1, key: 0 });
    pointed.set({ query: 1, key: 0 });
    pointed.set(null);
    stop();
    pointed.set({ query: 2, key: 0 });
    expect(heard).toEqual([{ query: 1, key: 0 }, null]);
    expect(pointed.at).toEqual({ query: 2, key: 0 });
  });
});
