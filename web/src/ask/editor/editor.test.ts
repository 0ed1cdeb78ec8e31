import { describe, expect, it } from "vitest";
import type { CypherSchema } from "../../api/types";
import { boundIn, completionAt } from "./completion";
import { codeOf, keptFor, namesIn, textOf, valueOf, valuesFor } from "./parameters";
import { placeOf } from "./place";

const properties = (...names: string[]) => names.map((name) => ({ name, type: "STRING" }));

const schema = {
  engine: "ladybug",
  dialect: "",
  limits: {},
  labels: [
    { name: "AttributionGraph", properties: properties("id", "prompt") },
    { name: "FeatureNode", properties: properties("key", "label", "index") },
    { name: "LogitNode", properties: properties("key", "token") },
  ],
  relationships: [
    { name: "HAS_NODE", ends: [{ source: "AttributionGraph", target: "FeatureNode" }, { source: "AttributionGraph", target: "LogitNode" }], properties: [] },
    { name: "DIRECT_EFFECT", ends: [{ source: "FeatureNode", target: "LogitNode" }], properties: properties("weight", "share") },
  ],
} as unknown as CypherSchema;

/** The labels that are offered at the | of a text, and what they take the place of. */
function offered(text: string, isAsked = false): [string, string[]] | null {
  const at = text.indexOf("|");
  const cypher = text.slice(0, at) + text.slice(at + 1);
  const found = completionAt(cypher, at, schema, isAsked);
  return found && [cypher.slice(found.from, at), found.options.map(({ label }) => label)];
}

describe("completion", () => {
  it("offers labels in round brackets and types in square ones", () => {
    expect(offered("MATCH (g:Attr|")).toEqual(["Attr", ["AttributionGraph", "FeatureNode", "LogitNode"]]);
    expect(offered("MATCH (g)-[:|]->()")).toEqual(["", ["HAS_NODE", "DIRECT_EFFECT"]]);
    expect(completionAt("MATCH ()-[e:D", 13, schema, false)?.options[0]).toEqual({ label: "HAS_NODE", kind: "type", detail: "AttributionGraph → FeatureNode and 1 more" });
  });
  it("offers the properties of what a name stands for, wherever it is bound", () => {
    expect(offered("MATCH (n:FeatureNode) WHERE n.l|")).toEqual(["l", ["key", "label", "index"]]);
    expect(offered("MATCH (n:FeatureNode:LogitNode)-[e:DIRECT_EFFECT*1..3]->() RETURN n.|")?.[1]).toEqual(["key", "label", "index", "token"]);
    expect(offered("MATCH ()-[e:DIRECT_EFFECT]->() RETURN e.|")?.[1]).toEqual(["weight", "share"]);
    expect(offered("WITH 1 AS x RETURN x.|")?.[1]).toContain("weight");
    expect(offered("MATCH (g:AttributionGraph {|")?.[1]).toEqual(["id", "prompt"]);
    expect(offered("MATCH (g:AttributionGraph {id: 1, p|")).toEqual(["p", ["id", "prompt"]]);
    expect(completionAt("MATCH (n:FeatureNode) RETURN n.", 31, schema, false)?.options.at(-1)).toEqual({ label: "index", kind: "property", detail: "FeatureNode", written: "`index`" });
  });
  it("offers words and names, with a letter or where somebody asks", () => {
    expect(offered("|")).toBeNull();
    expect(offered("|", true)?.[1]).toContain("MATCH");
    expect(offered("MATCH (n:FeatureNode) RE|")?.[1].slice(0, 2)).toEqual(["n", "MATCH"]);
    expect(offered("MATCH (n:FeatureNode {key: $|key})")?.[1]).toEqual(["key"]);
  });
  it("offers nothing inside of text", () => {
    expect([offered("RETURN 'ab|", true), offered("RETURN 1 // ab|", true), offered("RETURN 1 /* ab|", true), offered("RETURN 'a' // b\n + a|", true)?.[0]]).toEqual([null, null, null, "a"]);
    expect(boundIn("// (x:FeatureNode)\nMATCH (y:LogitNode)")).toEqual(new Map([["y", ["LogitNode"]]]));
  });
});

describe("parameters of Cypher", () => {
  it("are the $names outside of strings, names and comments", () => {
    expect(namesIn("MATCH (n {a: $graph}) WHERE n.b = '$no' AND `$x` > $k // $c\n/* $d */ RETURN $graph, \"it\\\"s $e\"")).toEqual(["graph", "k"]);
    expect(codeOf("a 'b\nc' d")).toBe("a   \n   d");
  });
  it("are JSON or else text", () => {
    expect(["3", '"3"', "[1]", "null", "Dallas", " a"].map(valueOf)).toEqual([3, "3", [1], null, "Dallas", " a"]);
    for (const value of [3, "3", [1], null, "Dallas", "null", " a", ["x"], ""]) expect(valueOf(textOf(value))).toEqual(value);
    expect(textOf("Dallas")).toBe("Dallas");
  });
  it("are all needed, and no others sent", () => {
    expect(valuesFor("RETURN $a, $b", { a: ["1"], c: ["2"] })).toBeNull();
    expect(valuesFor("RETURN $a, $b", { a: ["1"], b: ["x"], c: ["2"] })).toEqual({ a: 1, b: "x" });
    expect(keptFor("RETURN $a, $b", { a: ["1"], b: [""], c: ["2"] })).toEqual({ a: ["1"] });
  });
});

describe("the place of an error", () => {
  const at = (cypher: string, detail: string) => {
    const place = placeOf(cypher, detail);
    return place && cypher.slice(place.from, place.to);
  };
  it("is the word at the line and column that the engine tells", () => {
    expect(at("MATCH (n)\nRETRUN n", "Invalid input 'RETRUN' (line 2, column 1)")).toBe("RETRUN");
    expect(at("RETURN 1 )", "Invalid input <RETURN 1 )>: expected rule oC_RegularQuery (line 1, column 10)")).toBe(")");
    expect(at("RETURN 1 +", "Invalid input '' (line 1, column 11)")).toBe("+");
  });
  it("is the character that the lexer tells", () => {
    expect(at("RETURN 'abc", "What ' begins at character 8 has no end.")).toBe("'");
  });
  it("is nowhere where none is told, or none that is there", () => {
    expect([at("RETURN x", "Variable x is not in scope."), at("RETURN 1", "(line 9, column 1)"), at("", "(line 1, column 1)")]).toEqual([null, null, null]);
  });
});
