import { describe, expect, it } from "vitest";
import { fixtureModel, fixtureScores } from "../../testing/fixture";
import type { GraphModel } from "../model/model";
import { canCount, changed, endsOf, firstQuestion, groupings, hasBos, isFiltered, lengthened, listKey, longerThan, queryOf, sidesOf, withFilter } from "./question";

const scores = fixtureScores();

const plain = fixtureModel();
const labelled: GraphModel = { ...plain, record: { ...plain.record, n_labelled_nodes: 2 } };
const drawn: GraphModel = {
  ...labelled,
  nodes: { ...labelled.nodes, supernodes: [{ name: "state", nodes: [] }] },
};

describe("groupings", () => {
  it("offers labels and supernodes only where the graph has some", () => {
    expect(groupings(plain)).toEqual(["auto", "feature", "layer", "position"]);
    expect(groupings(labelled)).toEqual(["auto", "label", "feature", "layer", "position"]);
    const borrowed = plain.nodes.id.map(() => ({ source: "borrowed" as const, by: null, graph: null }));
    expect(groupings({ ...plain, nodes: { ...plain.nodes, label_origin: borrowed } })).toContain("label");
    expect(groupings(drawn)).toEqual(["auto", "label", "feature", "layer", "position", "supernode"]);
  });
});

describe("firstQuestion", () => {
  it("groups as the server says", () => {
    const byLabel: GraphModel = { ...labelled, record: { ...labelled.record, default_group_by: "label" } };
    expect(firstQuestion(byLabel, scores)).toMatchObject({ grouped: true, groupBy: "label" });
    expect(firstQuestion(plain, scores)).toMatchObject({ grouped: true, groupBy: "auto" });
  });
  it("ranks by the score that has a sign, where the graph knows what that takes", () => {
    expect(firstQuestion(plain, scores).score).toBe("contribution");
    const lacking = (activation: number | null): GraphModel => ({
      ...plain,
      nodes: { ...plain.nodes, activation: plain.nodes.activation.map((known, node) => (node === 3 ? activation : known)) },
    });
    for (const activation of [null, 0]) expect(firstQuestion(lacking(activation), scores).score).toBe("influence");
    const unsigned = scores.filter(({ signed }) => !signed);
    expect(firstQuestion(plain, unsigned).score).toBe("influence");
  });
});

describe("a difference of two logits", () => {
  const asked = changed(firstQuestion(plain, scores), { target: "a", ratherThan: "b" });
  it("is asked of the server, for paths and flow", () => {
    expect(queryOf(asked, scores, "raises")).toMatchObject({ target: ["a"], rather_than: "b" });
    expect(endsOf(asked)).toEqual({ source: [], target: ["a"], rather_than: "b", avoid: [] });
    expect(endsOf({ ...asked, ratherThan: null })).toEqual({ source: [], target: ["a"], avoid: [] });
  });
  it("ends where the other logit becomes the target", () => {
    expect(changed(asked, { target: "b" })).toMatchObject({ target: "b", ratherThan: null });
    expect(changed(asked, { target: "c" })).toMatchObject({ target: "c", ratherThan: "b" });
    expect(changed(asked, { target: "g/feature/0/1/11" }).ratherThan).toBeNull();
  });
});

describe("queryOf", () => {
  const question = { ...firstQuestion(labelled, scores), groupBy: "layer" as const };

  it("asks for each side by itself, and for one alone where that is chosen", () => {
    expect(sidesOf(question)).toEqual(["raises", "lowers"]);
    expect(sidesOf(changed(question, { side: "lowers" }))).toEqual(["lowers"]);
    expect(queryOf(question, scores, "lowers")).toMatchObject({ side: "lowers", k: 5 });
  });
  it("gives one list alone the room of two, and makes each longer by itself", () => {
    expect(queryOf(changed(question, { side: "raises" }), scores, "raises").k).toBe(10);
    const longer = lengthened(question, { raises: longerThan(5) ?? 0 });
    expect([queryOf(longer, scores, "raises").k, queryOf(longer, scores, "lowers").k]).toEqual([10, 5]);
    expect([longerThan(37), longerThan(300)]).toEqual([50, undefined]);
  });
  it("says which labels name and group", () => {
    expect(queryOf(question, scores, "raises").labels).toBe("made");
    expect(queryOf(changed(question, { labels: "own" }), scores, "raises").labels).toBe("own");
  });
  it("asks for a number of automatic groups, and of no others", () => {
    const automatic = { ...question, groupBy: "auto" as const, groups: 12 };
    expect(queryOf(automatic, scores, "raises").groups).toBe(12);
    for (const other of [{ groupBy: "layer" as const }, { grouped: false }, { score: "mean_weight" as const }, { groups: null }]) {
      expect(queryOf({ ...automatic, ...other }, scores, "raises")).not.toHaveProperty("groups");
    }
  });
  it("can ask for another number where there are groups enough, or a number is asked for", () => {
    expect([canCount({ groups: null }, 3), canCount({ groups: null }, 4), canCount({ groups: 12 }, 3)]).toEqual([false, true, true]);
  });
  it("groups as asked", () => {
    expect(queryOf(question, scores, "raises").group_by).toBe("layer");
    expect(queryOf({ ...question, grouped: false }, scores, "raises").group_by).toBe("none");
  });
  it("lists single paths by a score that cannot be added up, and groups again by one that can", () => {
    const byMean = changed(question, { score: "mean_weight" });
    expect(queryOf(byMean, scores, "raises").group_by).toBe("none");
    expect(queryOf(changed(byMean, { score: "influence" }), scores, "raises").group_by).toBe("layer");
  });
});

describe("signs and lengths", () => {
  const question = firstQuestion(plain, scores);
  it("are asked for where they are other than any", () => {
    for (const name of ["sign", "min_length", "max_length", "unpruned"]) expect(queryOf(question, scores, "raises")).not.toHaveProperty(name);
    const asked = changed(question, { sign: "negative", minLength: 1, maxLength: 3, unpruned: true });
    expect(queryOf(asked, scores, "lowers")).toMatchObject({ sign: "negative", min_length: 1, max_length: 3, unpruned: true });
  });
  it("a sign is one list's, and takes the place of a side", () => {
    const raising = changed(changed(question, { side: "lowers" }), { sign: "all-positive" });
    expect(raising).toMatchObject({ side: null, sign: "all-positive", k: { raises: 10, lowers: 10 } });
    expect([sidesOf(raising), sidesOf(changed(question, { sign: "negative" }))]).toEqual([["raises"], ["lowers"]]);
    expect(queryOf(raising, scores, "raises")).not.toHaveProperty("side");
    expect(changed(raising, { side: "lowers" })).toMatchObject({ side: "lowers", sign: null });
  });
});

describe("paths from the token before the text", () => {
  it("can be hidden where there is one", () => {
    expect(hasBos(plain)).toBe(true);
    expect(hasBos({ ...plain, record: { ...plain.record, tokens: ["The", " end"] } })).toBe(false);
    expect(hasBos({ ...plain, nodes: { ...plain.nodes, position: plain.nodes.position.map(() => 1) } })).toBe(false);
    const question = firstQuestion(plain, scores);
    expect(queryOf(question, scores, "raises")).not.toHaveProperty("hide_bos");
    expect(queryOf(changed(question, { hideBos: true }), scores, "raises").hide_bos).toBe(true);
  });
});

describe("withFilter", () => {
  const question = lengthened(firstQuestion(labelled, scores), { lowers: 50 });

  it("combines filters and asks for a short list again", () => {
    const both = withFilter(withFilter(question, "through", "a"), "avoid", "b");
    expect(both).toMatchObject({ through: ["a"], avoid: ["b"], k: { raises: 5, lowers: 5 } });
    expect(withFilter(both, "through", "c").through).toEqual(["a", "c"]);
    expect(isFiltered(both)).toBe(true);
  });
  it("takes a filter back", () => {
    const back = withFilter(withFilter(question, "through", "a"), "through", "a");
    expect(isFiltered(back)).toBe(false);
  });
  it("never asks for paths both through and around a node", () => {
    expect(withFilter(withFilter(question, "through", "a"), "avoid", "a")).toMatchObject({ through: [], avoid: ["a"] });
  });
  it("lets paths begin at what they go through", () => {
    const both = withFilter(withFilter(question, "through", "a"), "source", "a");
    expect(both).toMatchObject({ source: ["a"], through: ["a"] });
    expect(endsOf(both).source).toEqual(["a"]);
  });
  it("leaves the question that it changes as it was", () => {
    withFilter(question, "through", "a");
    expect(question.through).toEqual([]);
  });
});

describe("listKey", () => {
  const question = firstQuestion(labelled, scores);

  it("is the same for a longer list, and another for every other change", () => {
    expect(listKey(lengthened(question, { raises: 100 }))).toBe(listKey(question));
    const others = [
      changed(question, { target: "t" }),
      changed(question, { score: "influence" }),
      changed(question, { groupBy: "layer" }),
      changed(question, { side: "lowers" }),
      withFilter(question, "through", "a"),
      withFilter(question, "avoid", "a"),
      changed(question, { labels: "own" }),
      changed(question, { hideBos: true }),
      withFilter(question, "source", "a"),
      changed(question, { sign: "negative" }),
      changed(question, { maxLength: 4 }),
      changed(question, { unpruned: true }),
    ];
    expect(new Set([question, ...others].map(listKey)).size).toBe(others.length + 1);
  });
});
