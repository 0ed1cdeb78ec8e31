import { describe, expect, it } from "vitest";
import type { Found } from "../api/types";
import { foundItems, grouped, having, OWN_ITEMS, savedItems } from "./items";

const found: Found = {
  graphs: [{ id: "a b", name: "grouped", prompt: "<bos>The state of Dallas", notes: "for the talk", model: "gemma", predicted_token: " Austin", created_at: "2026-01-01T00:00:00Z" }],
  features: [
    { model: "gemma", transcoder_set: "a/b", layer: 20, index: 44686, site: null, label: "Texas", origin: { source: "graph" }, n_nodes: 12 },
    { model: "gemma", transcoder_set: "a/b", layer: 20, index: 7, site: "attn", label: null, origin: null, n_nodes: 1 },
  ],
  views: [{ name: "state step", graph: "a b", graph_name: "grouped", prompt: "<bos>The state of Dallas" }],
  collections: [{ name: "Cities/1", created_at: "2026-01-01T00:00:00Z", n_graphs: 1 }],
  unfinished: [],
};
const items = foundItems(found);

describe("what the server finds", () => {
  it("leads where it is", () => {
    expect(items.map(({ address }) => address)).toEqual([
      "/graphs/a%20b",
      "/features/gemma/a%2Fb/20/44686",
      "/features/gemma/a%2Fb/20/7?site=attn",
      "/graphs/a%20b?view=state%20step",
      "/collections/Cities%2F1",
    ]);
  });
  it("is called by its prompt or label, and told apart by what stands beside it", () => {
    expect(items.map(({ text, beside }) => [text, beside])).toEqual([
      ["The state of Dallas", "▸ Austin · grouped · for the talk"],
      ["Texas", "L20 #44686 · 12 nodes · gemma"],
      ["L20 attn #7", "1 node · gemma"],
      ["state step", "The state of Dallas · grouped"],
      ["Cities/1", "1 graph"],
    ]);
  });
  it("has keys of its own", () => {
    expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
  });
});

describe("saved queries", () => {
  it("are found by their names and notes, and lead to their addresses", () => {
    const saved = savedItems([{ name: "a & b", notes: "for the talk", changed_at: "2026-01-01T00:00:00Z" }]);
    expect(having(saved, ["talk"]).map(({ address, group }) => [address, group])).toEqual([["/ask?saved=a+%26+b", "Saved queries"]]);
    expect(having(saved, ["nothing"])).toEqual([]);
  });
});

describe("an earlier answer", () => {
  it("still holds what has the words that are typed now", () => {
    expect(having(items, ["20/446"]).map(({ text }) => text)).toEqual(["Texas"]);
    expect(having(items, ["state", "grouped"]).map(({ group }) => group)).toEqual(["Graphs", "Views"]);
    expect(having(items, ["oakland"])).toEqual([]);
  });
});

describe("pages and actions", () => {
  it("are found by other words for them, too", () => {
    expect(having(OWN_ITEMS, ["jobs"]).map(({ text }) => text)).toEqual(["Runs"]);
    expect(having(OWN_ITEMS, ["dark", "theme"]).map(({ text }) => text)).toContain("Theme: dark");
  });
  it("stand before what the server finds", () => {
    expect(grouped([...items, ...OWN_ITEMS]).map(({ group }) => group)).toEqual(["Pages", "Actions", "Graphs", "Features", "Views", "Collections"]);
  });
});
