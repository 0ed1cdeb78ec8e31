/** A View as it is stored, and as the page works on it. */
import type { ListedView, ViewAnswer, ViewState, WrittenView } from "../../api/types";
import { ordinalsOf, type GraphModel } from "../model/model";
import type { OnPage, OpenView } from "./bench";
import { allPinned, N_COLOURS, ordered, type Place, type Supernode, type Work } from "./work";

/** The name of the View of what a graph's own file has pinned and drawn. */
export const FILE_VIEW = "file";

/** The fields of a View's state that the page writes beside those that the server knows. */
interface PageFields {
  hidden?: unknown;
  colours?: unknown;
  places?: unknown;
  expanded?: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const isPlace = (value: unknown): value is Place =>
  Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === "number" && each >= 0 && each <= 1);

export const isColour = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0 && value < N_COLOURS;

/** What a stored View says of a graph. Fields that some other client wrote in another form are left alone. */
export function openView(model: GraphModel, answer: ViewAnswer): OpenView {
  const { pinned = [], supernodes = [], tests = [], hidden, colours, places, expanded, ...others } = answer.state as ViewState & PageFields;
  const ordinals = (ids: unknown): number[] =>
    Array.isArray(ids) ? ordinalsOf(model, ids.map(String)) : [];
  const held = new Set<number>();
  const colourOf = isRecord(colours) ? colours : {};
  const drawn = supernodes.map(({ name, nodes }): Supernode => {
    // Of a node that several hold, the first counts.
    const members = ordinals(nodes).filter((node) => !held.has(node));
    for (const node of members) held.add(node);
    const colour = colourOf[name];
    return { name, colour: isColour(colour) ? colour : null, nodes: members.sort((a, b) => a - b) };
  });
  const together = distinct(drawn.filter(({ nodes }) => nodes.length > 0));
  const work: Work = {
    pinned: ordinals(pinned).filter((node) => !held.has(node)),
    supernodes: together,
    hidden: ordinals(hidden).sort((a, b) => a - b),
    places: isRecord(places) ? Object.fromEntries(Object.entries(places).filter((entry): entry is [string, Place] => isPlace(entry[1]))) : {},
    expanded: Array.isArray(expanded) ? ordered(together, expanded.map(String)) : [],
    tests: [...new Set(tests)],
  };
  return { name: answer.name, revision: answer.revision, notes: answer.notes, work, others };
}

/** A graph's file may give two supernodes one name; here, a name names one. */
function distinct(supernodes: readonly Supernode[]): Supernode[] {
  const byName = new Map<string, Supernode>();
  for (const one of supernodes) {
    const before = byName.get(one.name);
    byName.set(one.name, before ? { ...before, nodes: [...before.nodes, ...one.nodes].sort((a, b) => a - b) } : one);
  }
  return [...byName.values()];
}

/** What is written to store the page as a View: over the `revision` that was read, or as a new one. */
export function writtenView({ nodes }: GraphModel, { view, work, notes }: OnPage, revision: number | null): WrittenView {
  const ids = (ordinals: readonly number[]): string[] => ordinals.map((node) => nodes.id[node] ?? "");
  const colours = Object.fromEntries(work.supernodes.flatMap(({ name, colour }) => (colour === null ? [] : [[name, colour]])));
  return {
    revision,
    notes,
    state: {
      ...view?.others,
      // As files have it: what is drawn together is pinned, too.
      pinned: ids(allPinned(work)),
      supernodes: work.supernodes.map(({ name, nodes: members }) => ({ name, nodes: ids(members) })),
      hidden: ids(work.hidden),
      colours,
      places: work.places,
      expanded: [...work.expanded],
      tests: [...work.tests],
    },
  };
}

type Counts = Pick<ListedView, "n_pinned" | "n_supernodes" | "n_tests">;

/** What a work has, as a list of Views counts it. */
export const countsOf = (work: Work): Counts => ({ n_pinned: allPinned(work).length, n_supernodes: work.supernodes.length, n_tests: work.tests.length });

/** "8 supernodes, 76 pins, 2 tests", as a View is told in a list. */
export function contentText({ n_pinned: pins, n_supernodes: supernodes, n_tests: tests }: Counts): string {
  const counted = (n: number, word: string) => (n === 0 ? [] : [`${n} ${word}${n === 1 ? "" : "s"}`]);
  return [...counted(supernodes, "supernode"), ...counted(pins, "pin"), ...counted(tests, "test")].join(", ") || "empty";
}

/** What a View's name may be: the server's rule. */
export function viewNameTrouble(name: string): string | null {
  if (name.trim() === "" || name !== name.trim()) return "A name is wanted, without spaces at its ends.";
  if (name.length > 200) return "At most 200 characters.";
  if (name.includes("/") || /^\.+$/.test(name)) return "A name has no slash: it is a part of an address.";
  if (/\p{C}|\p{Zl}|\p{Zp}/u.test(name)) return "A name stands in one line.";
  return null;
}
