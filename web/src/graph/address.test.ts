import { describe, expect, it } from "vitest";
import { circuitAddress } from "../shared/graphs/places";
import { nodeAddress } from "../shared/router";
import { fixtureModel, fixtureScores, key } from "../testing/fixture";
import { addressOf, embeddedPage, firstPage, labelsIn, NO_VIEWS, pageIn, viewIn, type OpenedViews, type PageState } from "./address";
import { OFF } from "./interventions/draft";
import { FIRST_INSIDE } from "./internals/inside";
import type { GraphModel } from "./model/model";
import type { Selection } from "./model/selection";
import { onPage, type OnPage } from "./work/bench";
import { NO_WORK, type Work } from "./work/work";

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
const none = onPage(null);
const address = (page: PageState, on: OnPage = none, views: OpenedViews = NO_VIEWS) => addressOf(page, on, model, scores, views.first);
const found = (search: string, views: OpenedViews = NO_VIEWS) => pageIn(search, model, scores, views);

describe("addressOf", () => {
  it("is empty for the page as it opens", () => {
    expect(address(first)).toBe("");
    expect(found("")).toEqual({ page: first, on: none, leftOut: [] });
  });
  it("names nodes by the end of their ids, and says the grouping with anything else", () => {
    expect(address(asking({ target: key(6) }))).toBe("?t=logit/2/2/99&by=auto");
    expect(address(asking({}, { selection: { kind: "node", node: 2 }, row: { side: "raises", rank: 0, member: null } }))).toBe("?by=auto&row=raises.1&sel=feature/0/1/11");
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

describe("what other pages lead to", () => {
  it("is a node, selected", () => {
    const { page, leftOut } = found(nodeAddress("g", key(2)).replace("/graphs/g", ""));
    expect([page.selection, leftOut]).toEqual([{ kind: "node", node: 2 }, []]);
  });
  it("is nodes as a circuit, whatever View would open", () => {
    const { page, on, leftOut } = found(circuitAddress("g", [key(1), key(3), key(6)]).replace("/graphs/g", ""));
    expect([page.tab, on.work.pinned, leftOut]).toEqual(["circuit", [1, 3, 6], []]);
  });
});

describe("pageIn", () => {
  const pages: PageState[] = [
    asking({ target: key(6), ratherThan: "g/logit/2/2/100", score: "influence", groupBy: "feature" }),
    asking({ groups: 40, labels: "own", hideBos: true, side: "lowers", k: { raises: 10, lowers: 100 } }),
    asking({ through: [key(2), key(4)], avoid: [key(3)], grouped: false }),
    asking({ target: key(3), source: ["token: Dallas", key(5)], through: [`label:Texas|${key(4)}`], avoid: ["layer:0", "label:a, b & c"] }),
    asking({ sign: "negative", minLength: 1, maxLength: 3, k: { raises: 10, lowers: 37 } }),
    asking({ minLength: 4, maxLength: null }),
    asking({}, { budget: { share: 0.7, errors: true } }),
    asking({}, { budget: { share: 1, errors: false } }),
    asking({ groupBy: "label" }, { selection: { kind: "node", node: 1 }, tab: "circuit", sizedBy: "influence", row: { side: "lowers", rank: 3, member: 1 } }),
    asking({}, { test: "2222e4c66cf8c8bd" }),
    asking({}, { tab: "attention", selection: { kind: "head", layer: 2, head: 11, cell: { query: 2, key: 0 } } }),
    asking({}, { tab: "heads", selection: { kind: "head", layer: 0, head: 0, cell: null }, inside: { ...FIRST_INSIDE, view: "scatter", map: "induction", across: "entropy" } }),
    asking({}, {
      inside: { ...FIRST_INSIDE, layers: [2, -1], heads: [{ layer: -1, head: 0 }, { layer: 10, head: 7 }], kind: "info-weighted", mode: "lines", notation: "dot", withoutFirst: true, others: ["a1", "b2"], title: "Two, & more", help: true },
    }),
    asking({}, { tab: "flow", inside: { ...FIRST_INSIDE, measure: "signed", traced: 3, without: [0, 3], renormalised: true, words: false } }),
    asking({}, { draft: { changes: [{ ...OFF, op: "scale", factor: 0.5, subject: { name: "Texas", nodes: [2, 3] } }, { ...OFF, subject: { name: "b", nodes: [4] } }] } }),
  ];
  it.each(pages.map((page) => [address(page), page] as const))("gives back the page of %s", (search, page) => {
    expect(found(search)).toEqual({ page, on: none, leftOut: [] });
  });
  it("leaves out what is unknown or not of this graph, and says so in the address' own words", () => {
    const stale = [
      "t=logit/2/2/7", "t=error/0/2/0", "vs=logit/9/9/9", "score=best", "by=supernode", "by=colour", "groups=3", "groups=4.5", "labels=all",
      "side=both", "bos=show", "through=error/0/2/0", "around=feature/7/7/7", "raises=301", "from=logit/2/2/99", "through=layer:7", "through=label:", "through=words", "sign=any", "length=0-3", "length=3-2", "trace=whole", "row=raises.0", "row=left.1", "sel=feature/9/9/9", "sel=feature/0/1/11,feature/9/9/9", "sel==Texas", "sel=token:3", "sel=link:feature/0/1/11:embedding/-1/1/7", "sel=circuit:=Texas:logit/2/2/99", "sel=circuit:logit/2/2/99:logit/2/2/99", "tab=none", "test=some/test", "view=gone", "pins=feature/9/9/9", "group=feature/0/1/11:1:", "at=0.5:=Texas", "tests=0123abcd,x", "draft=suppress:feature/9/9/9:a", "work=some", "size=2", "show=0", "show=1.1", "show=70", "show=0.705", "errors=all", "sel=head:2", "sel=head:2.x", "sel=head:2.2:1:2", "sel=head:2.2:3:1", "layers=a", "layers=1,1", "heads=2", "kind=loud", "mode=huge", "notation=lh", "title=", "help=yes", "graphs=a/b", "first=with", "as=pie", "map=weight", "measure=loud", "traced=3", "without=0,9", "share=all", "words=together", "theme=green", "constructor=1", "utm=x",
    ];
    for (const part of stale) expect(found(`?${part}`)).toEqual({ page: first, on: none, leftOut: [part] });
    expect(found(`?${stale.join("&")}&score=influence`)).toEqual({ page: asking({ score: "influence" }), on: none, leftOut: expect.arrayContaining(stale) as string[] });
  });
  it("tells the most probable logit from another where only the other is named, and none from itself", () => {
    expect(found("?vs=logit/2/2/100").page.question).toMatchObject({ target: key(6), ratherThan: "g/logit/2/2/100" });
    expect(found("?vs=logit/2/2/99")).toMatchObject({ page: { question: { ratherThan: null } }, leftOut: ["vs=logit/2/2/99"] });
  });
  it("says heads in the notation that it asks for", () => {
    const inside = { ...FIRST_INSIDE, heads: [{ layer: 2, head: -1 }] };
    expect(address(asking({}, { inside }))).toBe("?by=auto&heads=L2H-1");
    expect(address(asking({}, { inside: { ...inside, notation: "dot" } }))).toBe("?by=auto&heads=2.-1&notation=dot");
    expect(found("?heads=l2h-1").page.inside).toEqual(inside);
  });
  it("has the graph alone, or its circuit, inside another page", () => {
    expect(embeddedPage(found("?tab=heads"))).toEqual({ page: first, on: none, leftOut: ["tab=heads"] });
    expect(embeddedPage(found("?tab=circuit"))).toEqual(found("?tab=circuit"));
  });
  it("has no path both through and around a node", () => {
    const { page, leftOut } = found("?around=feature/0/1/11&through=feature/0/1/11");
    expect(page.question).toMatchObject({ through: [key(2)], avoid: [] });
    expect(leftOut).toEqual(["around=feature/0/1/11"]);
  });
  it("has no side beside a sign, nor a feature told apart from a logit", () => {
    expect(found("?sign=positive&side=lowers")).toMatchObject({ page: { question: { sign: "positive", side: null } }, leftOut: ["side=lowers"] });
    expect(found("?t=feature/0/1/11&vs=logit/2/2/99")).toMatchObject({ page: { question: { target: key(2), ratherThan: null } }, leftOut: ["vs=logit/2/2/99"] });
  });
  it("says a test that is set up only while no stored one is open", () => {
    const draft = { changes: [{ ...OFF, subject: { name: "Texas", nodes: [2] } }] };
    expect(address(asking({}, { draft }))).toBe("?by=auto&draft=suppress:feature/0/1/11:Texas");
    expect(address(asking({}, { draft, test: "2222e4c66cf8c8bd" }))).toBe("?by=auto&test=2222e4c66cf8c8bd");
  });
  it("asks for the whole trace where there is one", () => {
    const traced = { ...model, record: { ...model.record, trace_id: "t" } };
    expect(pageIn("?trace=whole", traced, scores, NO_VIEWS).page.question.unpruned).toBe(true);
  });
  it("lights no row of a list that is not there, nor a member of a single path", () => {
    expect(found("?side=raises&row=lowers.1")).toMatchObject({ page: { row: null }, leftOut: ["row=lowers.1"] });
    expect(found("?by=none&row=raises.1.1")).toMatchObject({ page: { row: null }, leftOut: ["row=raises.1.1"] });
  });
  it("hides the token before the text only where there is one", () => {
    expect(found("?bos=hide").page.question.hideBos).toBe(true);
    const without = { ...model, record: { ...model.record, tokens: ["The", " end", "."] } };
    expect(pageIn("?bos=hide", without, scores, NO_VIEWS)).toMatchObject({ page: { question: { hideBos: false } }, leftOut: ["bos=hide"] });
  });
});

describe("the selection", () => {
  const work: Work = { ...NO_WORK, supernodes: [{ name: "Say: A, B", colour: null, nodes: [2] }] };
  const on = onPage({ name: "main", revision: 3, notes: "", work, others: {} });
  const views = { first: "main", open: on.view };
  const selections: [Selection, string][] = [
    [{ kind: "nodes", nodes: [4, 2] }, "feature/1/2/13,feature/0/1/11"],
    [{ kind: "supernode", name: "Say: A, B" }, "%3DSay:%20A,%20B"],
    [{ kind: "link", edge: 1 }, "link:feature/0/1/11:feature/1/1/12"],
    [{ kind: "circuit-link", source: "=Say: A, B", target: "logit/2/2/99" }, "circuit:%3DSay%253A%20A,%20B:logit/2/2/99"],
    [{ kind: "token", position: 2 }, "token:2"],
  ];
  it.each(selections)("%j is said as %s, and read again", (selection, text) => {
    const page = asking({}, { selection });
    expect(address(page, on, views)).toBe(`?by=auto&sel=${text}`);
    expect(found(address(page, on, views), views)).toEqual({ page, on, leftOut: [] });
  });
});

describe("the work", () => {
  const saved: Work = { ...NO_WORK, pinned: [1], supernodes: [{ name: "Texas", colour: 2, nodes: [2, 3] }] };
  const view = { name: "main", revision: 3, notes: "n", work: saved, others: {} };
  const views = { first: "main", open: view };
  it("is said where it is other than its View's, with all that belongs to it", () => {
    const work: Work = { ...saved, pinned: [4, 1], hidden: [5], places: { "=Texas": [0.25, 0.5], "feature/1/2/13": [0, 1] }, expanded: ["Texas"], tests: ["89ab4567", "0123abcd"] };
    const on = { ...onPage(view, work) };
    expect(address(first, on, views)).toBe(
      "?by=auto&pins=feature/1/2/13,embedding/-1/1/7&group=feature/0/1/11,feature/1/1/12:2:Texas&hide=error/0/2/0&at=0.25,0.5:%3DTexas&at=0,1:feature/1/2/13&expand=Texas&tests=89ab4567,0123abcd",
    );
    expect(found(address(first, on, views), views)).toEqual({ page: first, on, leftOut: [] });
    expect(found("?expand=A&group=feature/0/1/11::A&expand=B")).toMatchObject({ on: { work: { expanded: ["A"] } }, leftOut: ["expand=B"] });
  });
  it("is not said where a View says it, which is named unless it opens by itself", () => {
    expect(address(first, onPage(view), views)).toBe("");
    expect(address(first, onPage({ ...view, name: "other" }), views)).toBe("?by=auto&view=other");
    expect(address(first, none, views)).toBe("?by=auto&view=");
    expect([viewIn("?view=other"), viewIn("?view="), viewIn("?t=x")]).toEqual(["other", "", null]);
  });
  it("has notes, where they are other than the View's, empty ones too", () => {
    const noted = { ...onPage(view), notes: "50 % & more\nof it" };
    expect(address(first, noted, views)).toBe("?by=auto&notes=50%20%25%20%26%20more%0Aof%20it");
    const cleared = { ...onPage(view, NO_WORK), notes: "" };
    expect(address(first, cleared, views)).toBe("?by=auto&work=none&notes=");
    for (const on of [noted, cleared]) expect(found(address(first, on, views), views)).toEqual({ page: first, on, leftOut: [] });
    expect(address(first, { ...onPage(view), notes: "é".repeat(4000) }, views)).toBe("");
  });
  it("that was cleared stays so", () => {
    const on = onPage(view, NO_WORK);
    expect(address(first, on, views)).toBe("?by=auto&work=none");
    expect(found("?work=none", views).on).toEqual(on);
  });
  it("has no node in two supernodes", () => {
    expect(found("?group=feature/0/1/11:1:A&group=feature/0/1/11::B").leftOut).toEqual(["group=feature/0/1/11::B"]);
  });
});

describe("labelsIn", () => {
  it("is the rule of labels by which to open, and the default where it is none", () => {
    expect(labelsIn("?labels=own")).toBe("own");
    expect([labelsIn(""), labelsIn("?labels=all")]).toEqual(["made", "made"]);
  });
});
