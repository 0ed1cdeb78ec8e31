import { describe, expect, it } from "vitest";
import { fixtureModel, fixtureScores } from "../../testing/fixture";
import type { GraphModel } from "../model/model";
import { changed, firstQuestion, groupings, isFiltered, listKey, queryOf, withFilter } from "./question";

const scores = fixtureScores();

const plain = fixtureModel();
const labelled: GraphModel = { ...plain, record: { ...plain.record, n_labelled_nodes: 2 } };
const drawn: GraphModel = {
  ...labelled,
  nodes: { ...labelled.nodes, supernodes: [{ name: "state", nodes: [] }] },
};

describe("groupings", () => {
  it("offers labels and supernodes only where the graph has some", () => {
    expect(groupings(plain)).toEqual(["feature", "layer", "position"]);
    expect(groupings(labelled)).toEqual(["label", "feature", "layer", "position"]);
    expect(groupings(drawn)).toEqual(["label", "feature", "layer", "position", "supernode"]);
  });
});

describe("firstQuestion", () => {
  it("groups by label where there are labels", () => {
    expect(firstQuestion(labelled, scores)).toMatchObject({ score: "influence", grouped: true, groupBy: "label" });
    expect(firstQuestion(plain, scores)).toMatchObject({ grouped: false, groupBy: "feature" });
  });
});

describe("queryOf", () => {
  const question = { ...firstQuestion(labelled, scores), groupBy: "layer" as const };

  it("asks for a side only where one is chosen", () => {
    expect(queryOf(question, scores)).not.toHaveProperty("side");
    expect(queryOf(changed(question, { side: "lowers" }), scores).side).toBe("lowers");
  });
  it("groups as asked", () => {
    expect(queryOf(question, scores).group_by).toBe("layer");
    expect(queryOf({ ...question, grouped: false }, scores).group_by).toBe("none");
  });
  it("lists single paths by a score that cannot be added up, and groups again by one that can", () => {
    const byMean = changed(question, { score: "mean_weight" });
    expect(queryOf(byMean, scores).group_by).toBe("none");
    expect(queryOf(changed(byMean, { score: "influence" }), scores).group_by).toBe("layer");
  });
});

describe("withFilter", () => {
  const question = { ...firstQuestion(labelled, scores), k: 50 };

  it("combines filters and asks for a short list again", () => {
    const both = withFilter(withFilter(question, "through", "a"), "avoid", "b");
    expect(both).toMatchObject({ through: ["a"], avoid: ["b"], k: 10 });
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
  it("leaves the question that it changes as it was", () => {
    withFilter(question, "through", "a");
    expect(question.through).toEqual([]);
  });
});

describe("listKey", () => {
  const question = firstQuestion(labelled, scores);

  it("is the same for a longer list, and another for every other change", () => {
    expect(listKey({ ...question, k: 100 })).toBe(listKey(question));
    const others = [
      changed(question, { target: "t" }),
      changed(question, { score: "contribution" }),
      changed(question, { groupBy: "layer" }),
      changed(question, { side: "lowers" }),
      withFilter(question, "through", "a"),
      withFilter(question, "avoid", "a"),
    ];
    expect(new Set([question, ...others].map(listKey)).size).toBe(others.length + 1);
  });
});
