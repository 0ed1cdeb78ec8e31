import { expect, it } from "vitest";
import type { QueriesAnswer } from "../api/types";
import { askedIn } from "./asked";
import { requestOf } from "./request";

const queries = {
  engine: "neo4j",
  queries: [{ name: "hubs", parameters: [{ name: "graph", type: "graph", required: true, default: null }, { name: "k", type: "count", required: false, default: 20 }] }],
} as unknown as QueriesAnswer;

const request = (search: string, saved: string | null = null) => requestOf(askedIn(search), queries, saved);

it("a named query is asked once it has all that it needs", () => {
  expect(request("?q=hubs&graph=g&rows=5")).toEqual({ kind: "named", name: "hubs", body: { parameters: { graph: "g", k: 20 }, limit: 5 } });
  expect([request("?q=hubs"), request("?q=hubs&graph=g&k=x"), request("?q=unknown&graph=g"), requestOf(askedIn("?q=hubs&graph=g"), null, null)]).toEqual([null, null, null, null]);
});

it("Cypher is asked with the values of its names, a saved query once it is there", () => {
  expect(request("?cypher=RETURN+$a&$a=1&$b=2&seconds=0.5")).toEqual({ kind: "cypher", body: { query: "RETURN $a", parameters: { a: 1 }, timeout: 0.5 } });
  expect([request("?cypher=RETURN+$a"), request(""), request("?saved=q&$a=1")]).toEqual([null, null, null]);
  expect(request("?saved=q&$a=x", "RETURN $a")).toEqual({ kind: "cypher", body: { query: "RETURN $a", parameters: { a: "x" } } });
});
