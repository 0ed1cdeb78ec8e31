import { expect, it } from "vitest";
import { askedIn } from "./asked";
import { draftsIn, firstDraft, sameDraft, withDraft, type Draft } from "./drafts";

const draft = (search: string, cypher: string): Draft => ({ ...firstDraft(search, askedIn(search)), cypher });

it("a draft begins as what the address asks", () => {
  expect(firstDraft("?cypher=RETURN+$a&$a=1&rows=5", askedIn("?cypher=RETURN+$a&$a=1&rows=5"))).toMatchObject({ cypher: "RETURN $a", values: { a: ["1"] }, bounds: { rows: "5" } });
  expect(firstDraft("?saved=q", askedIn("?saved=q")).cypher).toBeNull();
  expect(firstDraft("?q=hubs&graph=g", askedIn("?q=hubs&graph=g"))).toMatchObject({ cypher: "", values: { graph: ["g"] } });
  expect(firstDraft("", askedIn("")).cypher).toBe("");
});

it("each address keeps its last draft until it is asked", () => {
  const drafts = withDraft(withDraft([], draft("", "a"), false), draft("?q=hubs", ""), false);
  expect(withDraft(drafts, draft("", "ab"), false).map(({ search, cypher }) => [search, cypher])).toEqual([
    ["?q=hubs", ""],
    ["", "ab"],
  ]);
  expect(withDraft(drafts, draft("", "a"), true).map(({ search }) => search)).toEqual(["?q=hubs"]);
  const many = Array.from({ length: 30 }, (_, at) => draft(`?cypher=${at}`, "x")).reduce<Draft[]>((all, one) => withDraft(all, one, false), []);
  expect([many.length, many.at(-1)?.search]).toEqual([20, "?cypher=29"]);
});

it("drafts are read as far as they can be read", () => {
  const drafts = [draft("", "a"), draft("?saved=q", "b")];
  expect(draftsIn(JSON.stringify([...drafts, null, {}, { search: 1 }]))).toEqual(drafts);
  expect([null, "", "{", "3"].map(draftsIn)).toEqual([[], [], [], []]);
  expect([sameDraft(draft("", "a"), draft("", "a")), sameDraft(draft("", "a"), draft("", "b"))]).toEqual([true, false]);
});
