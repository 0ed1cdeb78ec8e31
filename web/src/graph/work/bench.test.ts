import { describe, expect, it } from "vitest";
import { benchAfter, firstBench, isChanged, onPage, type Bench, type BenchEvent, type OpenView } from "./bench";
import { NO_WORK } from "./work";

const view: OpenView = { name: "main", revision: 1, notes: "before", work: { ...NO_WORK, pinned: [1] }, others: {} };
const first = firstBench(onPage(view));
const after = (...events: BenchEvent[]): Bench => events.reduce(benchAfter, first);
const pin = (node: number): BenchEvent => ({ type: "edited", edit: { type: "pinned", nodes: [node] } });
const undo: BenchEvent = { type: "undone" };
const redo: BenchEvent = { type: "redone" };

describe("undo and redo", () => {
  it("go step by step through what was edited, and a new edit ends what could be done again", () => {
    const two = after(pin(2), pin(3));
    expect([two, after(pin(2), pin(3), undo), after(pin(2), pin(3), undo, undo)].map(({ on }) => on.work.pinned)).toEqual([[1, 2, 3], [1, 2], [1]]);
    expect(after(pin(2), pin(3), undo, undo, redo, redo)).toEqual(two);
    expect(after(pin(2), undo, pin(4), redo).on.work.pinned).toEqual([1, 4]);
    expect(after(undo, redo)).toEqual(first);
  });
  it("count an edit that changes nothing for none", () => {
    expect(after(pin(1))).toBe(first);
  });
  it("take notes that were typed letter by letter for one step", () => {
    const typed = after({ type: "noted", notes: "beforeA" }, { type: "noted", notes: "beforeAB" });
    expect(typed).toMatchObject({ on: { notes: "beforeAB" }, past: [{ kind: "work" }] });
    expect(benchAfter(typed, undo).on.notes).toBe("before");
  });
  it("bring back the work that another View took the place of", () => {
    const other = { ...view, name: "other", work: NO_WORK };
    const opened = after(pin(2), { type: "opened", view: other });
    expect([isChanged(opened.on), isChanged(benchAfter(opened, undo).on)]).toEqual([false, true]);
    expect(benchAfter(opened, undo).on).toMatchObject({ view: { name: "main" }, work: { pinned: [1, 2] } });
  });
  it("tell labels and deletions to whoever changes them in the database, and leave the work as it is", () => {
    const label = { feature: { model: "m", transcoder_set: "s", layer: 0, index: 1, site: null }, author: "a", before: null, after: "Texas" };
    const labelled = after(pin(2), { type: "labelled", label });
    expect(benchAfter(labelled, undo)).toMatchObject({ on: { work: { pinned: [1, 2] } }, future: [{ kind: "label", label }] });
    const deleted = after({ type: "deleted", view });
    expect(deleted.on).toMatchObject({ view: null, work: { pinned: [1] } });
    const again = { ...view, revision: 7 };
    const back = benchAfter(deleted, { type: "undone", view: again });
    expect(back.on.view).toBe(again);
    expect(benchAfter(back, redo)).toMatchObject({ on: { view: null }, past: [{ kind: "deletion", view: again }] });
  });
});

describe("a test that was run", () => {
  const measured: BenchEvent = { type: "measured", test: "abc" };
  it("is in the work, and stays there whatever is undone and done again", () => {
    const run = after(pin(2), pin(3), undo, measured);
    expect([run.on.work.tests, isChanged(run.on)]).toEqual([["abc"], true]);
    expect(benchAfter(run, undo).on.work).toMatchObject({ pinned: [1], tests: ["abc"] });
    expect(benchAfter(run, redo).on.work).toMatchObject({ pinned: [1, 2, 3], tests: ["abc"] });
    expect(benchAfter(run, measured)).toBe(run);
  });
  it("does not come into the View that was open before", () => {
    const other = { ...view, name: "other" };
    const run = after(pin(2), { type: "opened", view: other }, measured);
    expect([run.on.work.tests, benchAfter(run, undo).on.work.tests]).toEqual([["abc"], []]);
  });
  it("is taken out by hand, which undo takes back", () => {
    const out = after(measured, { type: "edited", edit: { type: "untested", tests: ["abc"] } });
    expect([out.on.work.tests, benchAfter(out, undo).on.work.tests]).toEqual([[], ["abc"]]);
  });
  it("that is being deleted is kept by undo, until it is gone or was kept elsewhere", () => {
    const leaving = after(pin(2), { type: "leaving", test: "abc" });
    const undone = benchAfter(leaving, undo);
    expect([undone.on.work.pinned, undone.future.at(-1)]).toEqual([[1, 2], { kind: "test", test: "abc" }]);
    expect(benchAfter(undone, redo)).toEqual(leaving);
    for (const end of [{ type: "kept", test: "abc" } as const, { type: "lost", tests: ["abc"] } as const]) {
      expect([benchAfter(leaving, end).past.length, benchAfter(undone, end).future]).toEqual([1, []]);
    }
  });
  it("is nowhere once it is deleted, not in what the View says either", () => {
    const held = { ...view, work: { ...view.work, tests: ["abc", "def"] } };
    const lost = [{ type: "opened", view: held } as const, pin(2), { type: "lost", tests: ["abc"] } as const].reduce(benchAfter, first);
    expect(lost.on).toMatchObject({ work: { pinned: [1, 2], tests: ["def"] }, view: { work: { tests: ["def"] } } });
    expect([isChanged(lost.on), isChanged(benchAfter(lost, undo).on)]).toEqual([true, false]);
    expect(benchAfter(benchAfter(lost, undo), undo).on.view).toBe(view);
  });
});

describe("a saved View", () => {
  it("is what the page is compared with from then on, in every step", () => {
    const edits = after(pin(2), pin(3));
    const saved = benchAfter(edits, { type: "saved", view: { ...view, revision: 2, work: edits.on.work } });
    expect(isChanged(saved.on)).toBe(false);
    const undone = benchAfter(saved, undo);
    expect([undone.on.view?.revision, isChanged(undone.on)]).toEqual([2, true]);
  });
});
