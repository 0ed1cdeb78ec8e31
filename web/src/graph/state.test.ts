import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import type { PathsAnswer } from "../api/types";
import { fixtureModel, fixturePath, fixtureScores, key } from "../testing/fixture";
import { addressOf, firstPage, NO_VIEWS, pageIn, type PageState } from "./address";
import { litOf, litSource } from "./answer/rows";
import { NOTHING_LIT } from "./model/lit";
import type { Selection } from "./model/selection";
import { draftOf } from "./interventions/draft";
import { onPage } from "./work/bench";
import type { Edit } from "./work/work";
import { firstState, stateAfter, type GraphEvent, type GraphState } from "./state";

const model = fixtureModel();
const scores = fixtureScores();
const first = firstState(pageIn("", model, scores, NO_VIEWS));
const after = (...events: GraphEvent[]): GraphState => events.reduce(stateAfter, first);
const selected = (node: number): Selection => ({ kind: "node", node });
const picked = (node: number): GraphEvent => ({ type: "selected", selection: selected(node) });
const row = { side: "raises" as const, rank: 1, member: null };

describe("firstState", () => {
  it("is the page that the address asks for, and says what it cannot have", () => {
    const { page, on, leftOut } = pageIn("?by=layer&sel=logit/9/9/9", model, scores, NO_VIEWS);
    expect(firstState({ page, on, leftOut })).toMatchObject({ question: { groupBy: "layer" }, selection: null, leftOut: ["sel=logit/9/9/9"], steps: 0 });
  });
  it("asks for both sides of the most probable logit, and shows the graph's facts", () => {
    expect(first).toMatchObject({ row: null, selection: null, sizedBy: "flow", trouble: null });
    expect(first.question).toMatchObject({ side: null, target: null, k: { raises: 5, lowers: 5 } });
  });
});

describe("stateAfter", () => {
  it("lights a row instead of a node, and puts it out at a second click", () => {
    const lit = after(picked(3), { type: "lit", row });
    expect(lit).toMatchObject({ row, selection: null });
    expect(stateAfter(lit, { type: "lit", row: { ...row } }).row).toBeNull();
    expect(stateAfter(lit, { type: "lit", row: { ...row, member: 0 } }).row).toEqual({ ...row, member: 0 });
  });
  it("lights the row of one list, and not the same row of the other", () => {
    const other = { ...row, side: "lowers" as const };
    expect(after({ type: "lit", row }, { type: "lit", row: other }).row).toEqual(other);
  });
  it("opens a node beside the lit row, and closes it", () => {
    const open = after({ type: "lit", row }, picked(3));
    expect(open).toMatchObject({ row, selection: selected(3) });
    expect(stateAfter(open, { type: "selected", selection: null })).toMatchObject({ row, selection: null });
  });
  it("clears both at Escape and leaves the question", () => {
    const asked = after({ type: "asked", change: { score: "influence" } }, { type: "lit", row }, picked(3));
    expect(stateAfter(asked, { type: "escaped" })).toEqual({ ...asked, row: null, selection: null, steps: 4 });
  });
  it("sets a test up, shows its result in its place, and changes it again", () => {
    const draft = draftOf([{ name: "Texas", nodes: [2] }]);
    const set = after(picked(3), { type: "drafted", draft });
    expect(set).toMatchObject({ draft, test: null, selection: selected(3), steps: 2 });
    const measured = stateAfter(set, { type: "measured", test: "abc" });
    expect(measured).toMatchObject({ draft, test: "abc", steps: 3 });
    expect(stateAfter(measured, { type: "drafted", draft })).toMatchObject({ draft, test: null });
    expect(measured.bench.on.work.tests).toEqual(["abc"]);
    expect(after({ type: "measured", test: "abc" })).toMatchObject({ test: null, bench: { on: { work: { tests: ["abc"] } } }, steps: 0 }); // it was closed meanwhile
    expect(stateAfter(measured, { type: "tested", test: "def" })).toMatchObject({ draft: null, test: "def", steps: 4 });
  });
  it("takes what a test is set up with for one step, which Back takes away and Forward brings again", () => {
    const [draft, more] = [draftOf([{ name: "Texas", nodes: [2] }]), draftOf([{ name: "Texas", nodes: [2] }, { name: "b", nodes: [4] }])];
    const set = after({ type: "drafted", draft }, { type: "drafted", draft: more });
    expect(set).toMatchObject({ draft: more, steps: 1 });
    const went = (draft: PageState["draft"]): GraphEvent => ({ type: "went", to: { page: { ...firstPage(model, scores), draft }, on: onPage(null), leftOut: [] } });
    expect([stateAfter(set, went(null)).draft, stateAfter(set, went(draft)).draft]).toEqual([null, draft]);
    expect(after({ type: "drafted", draft }, picked(3), { type: "drafted", draft: more }).steps).toBe(3);
  });
  it("leaves out tests of the work that the graph does not have, and says so", () => {
    const measured = after({ type: "measured", test: "abc" }, { type: "measured", test: "def" });
    expect(stateAfter(measured, { type: "lost", tests: ["abc"] })).toMatchObject({ leftOut: ["tests=abc"], bench: { on: { work: { tests: ["def"] } } } });
  });
  it("leaves a test at Escape, and at another what was selected", () => {
    const set = after(picked(3), { type: "drafted", draft: draftOf([]) }, { type: "escaped" });
    expect(set).toMatchObject({ draft: null, selection: selected(3) });
    expect(stateAfter(set, { type: "escaped" }).selection).toBeNull();
  });
  it("keeps the lit row of a list that gets longer", () => {
    expect(after({ type: "lit", row }, { type: "lengthened", k: { lowers: 50 } })).toMatchObject({
      row,
      question: { k: { raises: 5, lowers: 50 } },
    });
  });
  it("puts the lit row out where another question has other rows, and keeps the node", () => {
    const before: GraphEvent[] = [{ type: "lengthened", k: { raises: 50 } }, { type: "lit", row }, picked(3)];
    const events: GraphEvent[] = [
      { type: "asked", change: { target: key(6) } },
      { type: "asked", change: { grouped: !first.question.grouped } },
      { type: "filtered", filter: "avoid", id: key(4) },
    ];
    for (const event of events) {
      expect(after(...before, event)).toMatchObject({ row: null, selection: selected(3), question: { k: { raises: 5, lowers: 5 } } });
    }
  });
  it("keeps the question, the row and the node where features get other names, and lights the row where it has moved to", () => {
    const before: GraphEvent[] = [{ type: "asked", change: { groupBy: "label" } }, { type: "lit", row }, picked(3)];
    const named = after(...before, { type: "named" });
    expect(named).toEqual({ ...after(...before), revision: 1 });
    expect(stateAfter(named, { type: "moved", row: { ...row, rank: 0 } })).toEqual({ ...named, row: { ...row, rank: 0 } });
  });
  it("asks another question where other labels are shown", () => {
    const own = after({ type: "lit", row }, { type: "asked", change: { labels: "own" } });
    expect(own).toMatchObject({ row: null, question: { labels: "own" } });
  });
  it("sets what sizes the nodes, and nothing else", () => {
    expect(after({ type: "sized", by: "influence" })).toEqual({ ...first, sizedBy: "influence", steps: 1 });
  });
  it("looks at the prompt's internals in steps, and types a heading in one", () => {
    const looked = after({ type: "tabbed", tab: "heads" }, { type: "looked", change: { view: "scatter" } });
    expect(looked).toMatchObject({ tab: "heads", inside: { view: "scatter", map: "attribution" }, steps: 2 });
    const typed = ["a", "ab"].reduce((state, title) => stateAfter(state, { type: "looked", change: { title } }), looked);
    expect(typed).toMatchObject({ inside: { title: "ab" }, steps: 3 });
    const back = stateAfter(typed, { type: "went", to: { page: firstPage(model, scores), on: onPage(null), leftOut: [] } });
    expect(back.inside).toEqual(first.inside);
  });
  it("selects a head and opens a tab in one step", () => {
    const selection: Selection = { kind: "head", layer: 2, head: 2, cell: { query: 2, key: 1 } };
    expect(after({ type: "selected", selection, tab: "attention" })).toMatchObject({ selection, tab: "attention", steps: 1 });
  });
  it("leaves out a head that the model does not have, without a step", () => {
    const asked = after({ type: "selected", selection: { kind: "head", layer: 9, head: 0, cell: null } });
    const lacking = stateAfter(asked, { type: "lacking", inside: first.inside, selection: null, leftOut: ["sel=head:9.0"] });
    expect(lacking).toMatchObject({ selection: null, leftOut: ["sel=head:9.0"], steps: 1 });
  });
  it("shows a failure until it is dismissed", () => {
    const error = new ApiError(500, "Broken", "The database is full.");
    expect(after({ type: "failed", error }).trouble).toBe(error);
    expect(after({ type: "failed", error }, { type: "dismissed" })).toEqual(first);
  });
  it("stands nodes and rows that are not there", () => {
    const filter: GraphEvent = { type: "filtered", filter: "through", id: "other/feature/0/0/0" };
    expect(after(filter).question.through).toEqual(["other/feature/0/0/0"]);
    expect(after(filter, filter).question.through).toEqual([]);
    expect(after(picked(10_000), { type: "selected", selection: null })).toEqual({ ...first, steps: 2 });
    const answer = { paths: [fixturePath([1, 2, 6])], groups: null } as unknown as PathsAnswer;
    const elsewhere = after({ type: "lit", row: { side: "raises", rank: 99, member: 2 } });
    expect(litOf(model, litSource(answer, elsewhere.row))).toBe(NOTHING_LIT);
  });
  it("counts what the reader changes, and neither what changes nothing nor what happens", () => {
    expect(after(picked(3), picked(3), { type: "escaped" }, { type: "escaped" }).steps).toBe(2);
    const named = after({ type: "lit", row }, { type: "named" }, { type: "moved", row: { ...row, rank: 0 } });
    expect(named.steps).toBe(1);
  });
  it("takes the moves of a slider for one step, and draws errors in another", () => {
    const slid = after({ type: "budgeted", change: { share: 0.9 } }, { type: "budgeted", change: { share: 0.8 } }, { type: "budgeted", change: { share: 0.7 } });
    expect(slid).toMatchObject({ budget: { share: 0.7, errors: false }, steps: 1 });
    const errors = stateAfter(slid, { type: "budgeted", change: { errors: true } });
    expect(errors).toMatchObject({ budget: { share: 0.7, errors: true }, steps: 2 });
    expect(stateAfter(errors, { type: "budgeted", change: { share: 0.6 } }).steps).toBe(3);
    const back = stateAfter(slid, { type: "went", to: { page: firstPage(model, scores), on: onPage(null), leftOut: [] } });
    expect(stateAfter(back, { type: "budgeted", change: { share: 0.6 } }).steps).toBe(2);
  });
  it("takes the moves of the slider of groups for one step, too", () => {
    const groups = (...counts: (number | null)[]) => counts.map((each): GraphEvent => ({ type: "asked", change: { groups: each } }));
    expect(after(...groups(8, 12))).toMatchObject({ question: { groups: 12 }, steps: 1 });
    expect(after(...groups(8), { type: "asked", change: { score: "influence" } }, ...groups(12)).steps).toBe(3);
  });
  it("goes back to what an address says, without a step", () => {
    const page = { ...firstPage(model, scores), selection: selected(4) };
    const back = after({ type: "asked", change: { score: "influence" } }, { type: "lit", row }, { type: "went", to: { page, on: onPage(null), leftOut: ["t=x", "view=new"] } });
    expect(back).toEqual({ ...first, selection: selected(4), leftOut: ["t=x"], steps: 2 });
    const address = (of: PageState) => addressOf(of, onPage(null), model, scores, null);
    expect(address(back)).toBe(address(page));
  });
  it("keeps the work where it goes back to an address, and undoes it apart", () => {
    const pinned: GraphEvent = { type: "worked", event: { type: "edited", edit: { type: "pinned", nodes: [3] } } };
    const back = after(pinned, { type: "tabbed", tab: "circuit" }, { type: "went", to: { page: firstPage(model, scores), on: onPage(null), leftOut: [] } });
    expect(back).toMatchObject({ tab: "graph", bench: { on: { work: { pinned: [3] } } }, steps: 1 });
    expect(stateAfter(back, { type: "worked", event: { type: "undone" } }).bench.on.work.pinned).toEqual([]);
  });
  it("follows a supernode to its new name, and deselects it where it is broken", () => {
    const work = (edit: Edit): GraphEvent => ({ type: "worked", event: { type: "edited", edit } });
    const made = after(work({ type: "grouped", name: "A", nodes: [2, 3] }), { type: "selected", selection: { kind: "supernode", name: "A" } });
    const renamed = stateAfter(made, work({ type: "renamed", name: "A", to: "B" }));
    expect(renamed.selection).toEqual({ kind: "supernode", name: "B" });
    expect(stateAfter(renamed, work({ type: "broken", name: "B" })).selection).toBeNull();
    expect(stateAfter(renamed, { type: "worked", event: { type: "undone" } }).selection).toBeNull();
  });
  it("follows a supernode at the end of a link, too", () => {
    const work = (edit: Edit): GraphEvent => ({ type: "worked", event: { type: "edited", edit } });
    const link: Selection = { kind: "circuit-link", source: "=A", target: "logit/2/2/99" };
    const made = after(work({ type: "grouped", name: "A", nodes: [2, 3] }), { type: "selected", selection: link });
    const renamed = stateAfter(made, work({ type: "renamed", name: "A", to: "B" }));
    expect(renamed.selection).toEqual({ ...link, source: "=B" });
    expect(stateAfter(renamed, work({ type: "pinned", nodes: [4] })).selection).toEqual({ ...link, source: "=B" });
    expect(stateAfter(renamed, work({ type: "broken", name: "B" })).selection).toBeNull();
  });
  it("deselects what is hidden, and shows it again without selecting it", () => {
    const hidden = after({ type: "selected", selection: selected(4) }, { type: "worked", event: { type: "edited", edit: { type: "hidden", nodes: [4] } } });
    expect(hidden).toMatchObject({ selection: null, bench: { on: { work: { hidden: [4] } } } });
    expect(stateAfter(hidden, { type: "worked", event: { type: "undone" } })).toMatchObject({ selection: null, bench: { on: { work: { hidden: [] } } } });
  });
  it("chooses nodes one after another, and takes one away that is chosen already", () => {
    const two = after({ type: "boxed", nodes: [2], adds: true }, { type: "boxed", nodes: [4], adds: true });
    expect(two.selection).toEqual({ kind: "nodes", nodes: [2, 4] });
    expect(stateAfter(two, { type: "boxed", nodes: [2], adds: true }).selection).toEqual(selected(4));
    expect(stateAfter(two, { type: "boxed", nodes: [2, 3], adds: true }).selection).toEqual({ kind: "nodes", nodes: [2, 4, 3] });
    expect(stateAfter(two, { type: "boxed", nodes: [3], adds: false }).selection).toEqual(selected(3));
    expect(stateAfter(two, { type: "boxed", nodes: [], adds: false }).selection).toBeNull();
  });
  it("puts out a row that the list does not have, and says so until that is noticed", () => {
    const missed = after({ type: "lit", row }, { type: "missed", row });
    expect(missed).toMatchObject({ row: null, leftOut: ["row=raises.2"], steps: 1 });
    expect(stateAfter(missed, { type: "noticed" }).leftOut).toEqual([]);
    const moved = after({ type: "lit", row }, { type: "moved", row: { ...row, rank: 0 } });
    expect(stateAfter(moved, { type: "missed", row })).toBe(moved);
  });
  it("leaves the state that it is given as it was", () => {
    const before = structuredClone(first);
    after({ type: "filtered", filter: "avoid", id: key(4) }, { type: "lit", row }, { type: "escaped" });
    expect(first).toEqual(before);
  });
});
