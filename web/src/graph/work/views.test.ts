import { describe, expect, it } from "vitest";
import type { ViewAnswer } from "../../api/types";
import { fixtureModel, key } from "../../testing/fixture";
import { onPage } from "./bench";
import { contentText, countsOf, openView, viewNameTrouble, writtenView } from "./views";
import { NO_WORK } from "./work";

const model = fixtureModel();
const stored = (state: Record<string, unknown>): ViewAnswer => ({ graph: "g", name: "main", revision: 4, notes: "n", changed_at: null, state });

describe("openView", () => {
  it("knows nodes by their ids, and a node of two supernodes as the first one's", () => {
    const { work } = openView(model, stored({
      pinned: [key(1), key(2), "g/feature/9/9/9"],
      supernodes: [
        { name: "A", nodes: [key(3), key(2)] },
        { name: "B", nodes: [key(3)] },
        { name: "A", nodes: [key(4)] },
      ],
    }));
    expect(work).toEqual({ ...NO_WORK, pinned: [1], supernodes: [{ name: "A", colour: null, nodes: [2, 3, 4] }] });
  });
  it("leaves alone what another client keeps, in whatever form", () => {
    const view = openView(model, stored({ colours: 7, places: { "=A": [2, 0], "=B": [0.5, 1], "=C": "x" }, hidden: "all", expanded: ["gone"], zoom: 3 }));
    expect(view).toMatchObject({ work: { ...NO_WORK, places: { "=B": [0.5, 1] } }, others: { zoom: 3 } });
  });
});

describe("writtenView", () => {
  it("is read again as the same work, with what others keep", () => {
    const state = {
      pinned: [key(1)],
      supernodes: [{ name: "A", nodes: [key(2), key(3)] }],
      hidden: [key(5)],
      colours: { A: 3 },
      places: { "=A": [0.5, 0.25] },
      expanded: ["A"],
      tests: ["89ab4567", "0123abcd"],
      zoom: { k: 2 },
    };
    const view = openView(model, stored(state));
    expect([view.work.tests, view.work.expanded]).toEqual([state.tests, state.expanded]);
    const written = writtenView(model, onPage(view), 4);
    expect(written).toEqual({ revision: 4, notes: "n", state: { ...state, pinned: [key(1), key(2), key(3)] } });
    expect(openView(model, stored(written.state as Record<string, unknown>)).work).toEqual(view.work);
  });
});

it("a View's content is told in words", () => {
  expect([contentText({ n_pinned: 1, n_supernodes: 8, n_tests: 2 }), contentText({ n_pinned: 0, n_supernodes: 0, n_tests: 0 })]).toEqual(["8 supernodes, 1 pin, 2 tests", "empty"]);
  expect(countsOf({ ...NO_WORK, pinned: [1], supernodes: [{ name: "A", colour: null, nodes: [2, 3] }], tests: ["0123abcd"] })).toEqual({ n_pinned: 3, n_supernodes: 1, n_tests: 1 });
});

it("a View's name can stand in an address", () => {
  expect(["main", "State step", "", " a", "a/b", "..", "a\nb"].map((name) => viewNameTrouble(name) === null)).toEqual([true, true, false, false, false, false, false]);
});
