import { describe, expect, it } from "vitest";
import type { Item } from "./items";
import { withRecent } from "./recent";

const item = (key: string, group: Item["group"] = "Graphs"): Item => ({ key, group, text: key, beside: "", address: `/graphs/${key}` });
const keys = (kept: { key: string }[]): string[] => kept.map(({ key }) => key);

describe("what was chosen before", () => {
  it("has the newest first, each once", () => {
    const first = withRecent(withRecent([], item("a")), item("b"));
    expect(keys(first)).toEqual(["b", "a"]);
    expect(keys(withRecent(first, item("a")))).toEqual(["a", "b"]);
    expect(keys(withRecent(first, { ...item("recent a"), group: "Recent" }))).toEqual(["a", "b"]);
  });
  it("is not what is always there, nor what was done", () => {
    expect(withRecent([], item("page /", "Pages"))).toEqual([]);
    expect(withRecent([], { key: "theme", group: "Actions", text: "", beside: "", act: () => undefined })).toEqual([]);
  });
  it("is a few", () => {
    const many = Array.from({ length: 20 }, (_, at) => item(`g${at}`)).reduce<ReturnType<typeof withRecent>>(withRecent, []);
    expect(keys(many)).toEqual(["g19", "g18", "g17", "g16", "g15", "g14", "g13", "g12"]);
  });
});
