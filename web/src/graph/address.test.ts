import { describe, expect, it } from "vitest";
import { fixtureModel, fixtureScores, key } from "../testing/fixture";
import { addressOf, firstPage, labelsIn, pageIn, type PageState } from "./address";
import type { GraphModel } from "./model/model";

const plain = fixtureModel();
/** The fixture with a second logit beside Austin, node 6. */
const model: GraphModel = (() => {
  const { nodes } = plain;
  const id = [...nodes.id, "g/logit/2/2/100"];
  const columns = Object.fromEntries(Object.entries(nodes).map(([name, column]) => [name, Array.isArray(column) && column.length === nodes.id.length ? [...column, column[6]] : column]));
  return { ...plain, nodes: { ...nodes, ...columns, id }, nNodes: id.length, ordinalOf: new Map(id.map((each, at) => [each, at])) };
})();
const scores = fixtureScores();
const first = firstPage(model, scores);
const asking = (question: Partial<PageState["question"]>, rest: Partial<PageState> = {}): PageState => ({ ...first, ...rest, question: { ...first.question, ...question } });
const address = (page: PageState) => addressOf(page, model, scores);
const found = (search: string) => pageIn(search, model, scores);

describe("addressOf", () => {
  it("is empty for the page as it opens", () => {
    expect(address(first)).toBe("");
    expect(found("")).toEqual({ page: first, leftOut: [] });
  });
  it("names nodes by the end of their ids, and says the grouping with anything else", () => {
    expect(address(asking({ target: key(6) }))).toBe("?t=logit/2/2/99&by=auto");
    expect(address(asking({}, { node: 2, row: { side: "raises", rank: 0, member: null } }))).toBe("?by=auto&row=raises.1&sel=feature/0/1/11");
    expect(address(asking({ grouped: false }))).toBe("?by=none");
    expect(address(asking({}, { budget: { share: 0.7, errors: true } }))).toBe("?by=auto&show=0.7&errors=drawn");
  });
  it("says the lengths of the lists that are there where they are longer than at first", () => {
    expect(address(asking({ k: { raises: 5, lowers: 20 } }))).toBe("?by=auto&lowers=20");
    expect(address(asking({ side: "raises", k: { raises: 20, lowers: 50 } }))).toBe("?by=auto&side=raises&raises=20");
  });
  it("says how many groups only where groups are automatic", () => {
    expect(address(asking({ groups: 12 }))).toBe("?by=auto&groups=12");
    expect(address(asking({ groups: 12, groupBy: "layer" }))).toBe("?by=layer");
  });
});

describe("pageIn", () => {
  const pages: PageState[] = [
    asking({ target: key(6), ratherThan: "g/logit/2/2/100", score: "influence", groupBy: "feature" }),
    asking({ groups: 40, labels: "own", hideBos: true, side: "lowers", k: { raises: 10, lowers: 100 } }),
    asking({ through: [key(2), key(4)], avoid: [key(3)], grouped: false }),
    asking({}, { budget: { share: 0.7, errors: true } }),
    asking({}, { budget: { share: 1, errors: false } }),
    asking({ groupBy: "label" }, { node: 1, sizedBy: "influence", row: { side: "lowers", rank: 3, member: 1 } }),
  ];
  it.each(pages.map((page) => [address(page), page] as const))("gives back the page of %s", (search, page) => {
    expect(found(search)).toEqual({ page, leftOut: [] });
  });
  it("leaves out what is unknown or not of this graph, and says so in the address' own words", () => {
    const stale = [
      "t=logit/2/2/7", "t=feature/0/1/11", "vs=logit/9/9/9", "score=best", "by=supernode", "by=colour", "groups=3", "groups=4.5", "labels=all",
      "side=both", "bos=show", "through=error/0/2/0", "around=feature/7/7/7", "raises=7", "row=raises.0", "row=left.1", "sel=feature/9/9/9", "size=2", "show=0", "show=1.1", "show=70", "show=0.705", "errors=all", "constructor=1", "utm=x",
    ];
    for (const part of stale) expect(found(`?${part}`)).toEqual({ page: first, leftOut: [part] });
    expect(found(`?${stale.join("&")}&score=influence`)).toEqual({ page: asking({ score: "influence" }), leftOut: expect.arrayContaining(stale) as string[] });
  });
  it("tells the most probable logit from another where only the other is named, and none from itself", () => {
    expect(found("?vs=logit/2/2/100").page.question).toMatchObject({ target: key(6), ratherThan: "g/logit/2/2/100" });
    expect(found("?vs=logit/2/2/99")).toMatchObject({ page: { question: { ratherThan: null } }, leftOut: ["vs=logit/2/2/99"] });
  });
  it("has no path both through and around a node", () => {
    const { page, leftOut } = found("?around=feature/0/1/11&through=feature/0/1/11");
    expect(page.question).toMatchObject({ through: [key(2)], avoid: [] });
    expect(leftOut).toEqual(["around=feature/0/1/11"]);
  });
  it("lights no row of a list that is not there, nor a member of a single path", () => {
    expect(found("?side=raises&row=lowers.1")).toMatchObject({ page: { row: null }, leftOut: ["row=lowers.1"] });
    expect(found("?by=none&row=raises.1.1")).toMatchObject({ page: { row: null }, leftOut: ["row=raises.1.1"] });
  });
  it("hides the token before the text only where there is one", () => {
    expect(found("?bos=hide").page.question.hideBos).toBe(true);
    const without = { ...model, record: { ...model.record, tokens: ["The", " end", "."] } };
    expect(pageIn("?bos=hide", without, scores)).toMatchObject({ page: { question: { hideBos: false } }, leftOut: ["bos=hide"] });
  });
});

describe("labelsIn", () => {
  it("is the rule of labels by which to open, and the default where it is none", () => {
    expect(labelsIn("?labels=own")).toBe("own");
    expect([labelsIn(""), labelsIn("?labels=all")]).toEqual(["made", "made"]);
  });
});
