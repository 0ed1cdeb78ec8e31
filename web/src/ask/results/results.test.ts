import { describe, expect, it } from "vitest";
import type { QueryColumn } from "../../api/types";
import { csv } from "../../shared/out/table";
import { cellOf, keysIn, pictureOf, tableOf, typesOf, widthOf } from "./cells";
import { drawnOf, hasDrawn, MOST_NODES, places } from "./drawn";

const GRAPH = "0123456789abcdef0123456789abcdef";
const FEATURE = "google%2Fgemma-2-2b/a%20set/20/44686";
const key = (end: string, graph = GRAPH) => `${graph}/${end}`;
const node = (id: string, label: string, properties: Record<string, unknown>) => ({ type: "node", id, labels: [label], properties });
const texas = node("1:0", "FeatureNode", { key: key("feature/20/7/44686"), label: "Texas" });
const austin = node("2:0", "LogitNode", { key: key("logit/26/7/9"), token: " Austin" });
const effect = { type: "relationship", id: "3:0", relationship_type: "DIRECT_EFFECT", source: "1:0", target: "2:0", properties: { weight: -0.5, share: 0.25 } };
const path = { type: "path", nodes: [texas, austin], relationships: [effect] };

describe("a cell", () => {
  const links = (value: unknown, type: Parameters<typeof cellOf>[1] = null) => cellOf(value, type).parts.map(({ text, href }) => [text, href]);
  it("leads to the graph, node or feature whose key it is", () => {
    expect(links(GRAPH)).toEqual([["01234567", `/graphs/${GRAPH}`]]);
    expect(links(key("feature/20/7/44686"))).toEqual([["L20 #44686 @7", `/graphs/${GRAPH}?sel=feature/20/7/44686`]]);
    expect(links(FEATURE)).toEqual([["L20 #44686", "/features/google%2Fgemma-2-2b/a%20set/20/44686"]]);
    expect(links(`${FEATURE}/attn`)[0]?.[1]).toMatch(/\?site=attn$/);
    expect(links("cities & more", "collection")).toEqual([["cities & more", "/collections/cities%20%26%20more"]]);
  });
  it("follows what the query says of its columns before what it looks like", () => {
    expect(links("dallas", "graph")).toEqual([["dallas", "/graphs/dallas"]]);
    expect(links(GRAPH, "text")).toEqual([[GRAPH, null]]);
    expect(links(" Dallas", "token")).toEqual([["␣Dallas", null]]);
    expect(links([key("embedding/-1/1/2"), key("logit/26/7/9")], "nodes").map(([text]) => text)).toEqual(["token @1", "logit #9"]);
    expect(typesOf(["a", "b"], [{ name: "b", type: "node", description: "" } satisfies QueryColumn])).toEqual([null, "node"]);
  });
  it("is no link where it only looks like a path", () => {
    for (const text of ["1/2/3/4", "a/b", "what/ever it/1/2", `${GRAPH}x`, "dallas/feature/a/1/2"]) expect(links(text)).toEqual([[text, null]]);
  });
  it("shows nodes, relationships and paths by their names", () => {
    expect(links(texas)).toEqual([["Texas", `/graphs/${GRAPH}?sel=feature/20/7/44686`]]);
    expect(links(node("0:1", "AttributionGraph", { id: GRAPH, name: "dallas" }))).toEqual([["dallas", `/graphs/${GRAPH}`]]);
    expect(links(node("9:1", "SavedQuery", { name: "a b" }))).toEqual([["a b", "/ask?saved=a+b"]]);
    expect(links(effect)).toEqual([["DIRECT_EFFECT −0.5", null]]);
    expect([cellOf(path, null).between, links(path).map(([text]) => text)]).toEqual([" → ", ["Texas", "␣Austin"]]);
    expect(links({ type: "node" })).toEqual([['{"type":"node"}', null]]);
  });
  it("shortens numbers, and keeps them whole in its title", () => {
    expect([cellOf(0.123456789, null).parts[0]?.text, cellOf(0.123456789, null).whole, cellOf(-3, null).parts[0]?.text]).toEqual(["0.12346", "0.123456789", "−3"]);
    expect([cellOf(null, "text").parts[0]?.text, cellOf(true, null).parts[0]?.text, cellOf([null, "a"], "texts").parts.map(({ text }) => text)]).toEqual(["", "yes", ["–", "a"]]);
  });
  it("is as wide as its column's longest, within bounds", () => {
    expect([widthOf("k", ["a"]), widthOf("a long name", []), widthOf("x", ["y".repeat(99)])]).toEqual([6, 13, 44]);
  });
});

describe("rows as CSV", () => {
  it("are in full, quoted where they need it, and nothing that a spreadsheet computes", () => {
    const rows = [
      ['say "x", y', 1.5, null, ["a", 1], "=1+1", "two\nlines"],
      [" Dallas", -2, true, { a: null }, "-x", "'"],
    ];
    expect(csv(tableOf(["a", "b", "c", "d", "e", "f"], rows))).toBe(
      'a,b,c,d,e,f\n"say ""x"", y",1.5,,"[""a"",1]",\'=1+1,"two\nlines"\n Dallas,-2,true,"{""a"":null}",\'-x,\'\n',
    );
  });
});

describe("a row as a picture", () => {
  it("is the circuit of its nodes, where they are of one graph", () => {
    expect(pictureOf([0.5, path], [])).toBe(`/graphs/${GRAPH}?tab=circuit&view=&pins=feature/20/7/44686,logit/26/7/9`);
    expect(pictureOf([key("embedding/-1/1/2"), "x", key("logit/26/7/9")], ["node", "text", "node"])).toBe(`/graphs/${GRAPH}?tab=circuit&view=&pins=embedding/-1/1/2,logit/26/7/9`);
    expect(pictureOf([texas, texas], [])).toBeNull();
    expect(pictureOf([key("logit/26/7/9"), key("logit/26/7/9", "other")], [])).toBeNull();
    expect(pictureOf([key("logit/26/7/9"), key("logit/26/7/8")], ["text", "text"])).toBeNull();
    expect(keysIn([[path]], null)).toHaveLength(2);
  });
});

describe("rows as a graph", () => {
  it("has each node and relationship once, by what it is called", () => {
    const { nodes, links } = drawnOf(["p", "n", "k"], [null, null, null], [
      [path, texas, key("feature/20/7/44686")],
      [effect, null, 1],
    ]);
    expect(nodes.map(({ text, kind, nLinks }) => [text, kind, nLinks])).toEqual([
      ["Texas", "feature", 1],
      ["␣Austin", "logit", 1],
    ]);
    expect(links).toEqual([{ source: key("feature/20/7/44686"), target: key("logit/26/7/9"), text: "DIRECT_EFFECT", weight: -0.5 }]);
  });
  it("joins keys in the order of their columns, and names them by the column of their labels", () => {
    const drawn = drawnOf(["source", "source_label", "target", "weight"], ["node", "text", "node", "number"], [[key("embedding/-1/1/2"), "Dallas", key("logit/26/7/9"), 2]]);
    expect(drawn.nodes.map(({ text }) => text)).toEqual(["Dallas", "logit #9"]);
    expect(drawn.links).toEqual([{ source: key("embedding/-1/1/2"), target: key("logit/26/7/9"), text: "", weight: 2 }]);
    const listed = drawnOf(["nodes", "labels"], ["nodes", "texts"], [[["embedding/-1/1/2", "feature/20/7/44686", "logit/26/7/9"].map((end) => key(end)), ["Dallas", null, "Austin"]]]);
    expect(listed.nodes.map(({ text }) => text)).toEqual(["Dallas", "L20 #44686 @7", "Austin"]);
    expect(listed.links).toHaveLength(2);
    expect(drawnOf(["first", "second"], ["feature", "feature"], [[FEATURE, "m/s/1/2"]]).links).toHaveLength(1);
  });
  it("names an end that no row holds by the engine's id", () => {
    expect(drawnOf(["e"], [null], [[effect]]).nodes.map(({ text }) => text)).toEqual(["1:0", "2:0"]);
  });
  it("draws the first of many, and counts the rest", () => {
    const rows = Array.from({ length: 300 }, (_, at) => [key(`feature/1/${at}/1`), key(`feature/2/${at}/1`)]);
    const drawn = drawnOf(["a", "b"], [null, null], rows);
    expect([drawn.nodes.length, drawn.links.length, drawn.nNodes, drawn.nLinks]).toEqual([MOST_NODES, MOST_NODES / 2, 600, 300]);
    const at = places(drawn, 600, 400);
    expect([...at.values()].every(({ x, y }) => x >= 0 && x <= 600 && y >= 0 && y <= 400)).toBe(true);
    expect(places(drawn, 600, 400)).toEqual(at);
  });
  it("is offered where rows hold something to draw", () => {
    expect([hasDrawn(["a"], [null], [[1], ["x"]]), hasDrawn(["a"], [null], [[1], [texas]]), hasDrawn(["a"], ["text"], [[key("logit/26/7/9")]])]).toEqual([false, true, false]);
  });
  it("has deeper layers above, and later tokens to the right", () => {
    const drawn = drawnOf(["p"], ["nodes"], [[["embedding/-1/1/2", "feature/10/4/5", "logit/26/7/9"].map((end) => key(end))]]);
    const at = [...places(drawn, 600, 400).values()];
    expect(at.map(({ x }) => x)).toEqual([...at.map(({ x }) => x)].sort((a, b) => a - b));
    expect(at.map(({ y }) => y)).toEqual([...at.map(({ y }) => y)].sort((a, b) => b - a));
  });
});
