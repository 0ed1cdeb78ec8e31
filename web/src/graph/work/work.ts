/**
 * graph/work/: what a reader makes of a graph: pins, supernodes, hidden nodes, places, tests. It is undone and done again, kept in
 * the address, and saved as a View.
 *
 *     Tray | ViewMenu | Conflict -> useViews.ts -> views.ts (a View as it is stored) | bench.ts (undo, redo) -> work.ts
 *     workAddress.ts (as the address says it) -> work.ts
 */
import { nodeEnd, type GraphModel } from "../model/model";

/** Nodes under one name. No node is in two. */
export interface Supernode {
  name: string;
  /** One of the theme's colours of supernodes, from 0; null: the one of its place (`colourOf`). */
  colour: number | null;
  /** Ordinals, ascending, at least one. */
  nodes: readonly number[];
}

/** A place in the Circuit tab: parts of its width and height, from 0 to 1, from the left and from the top. */
export type Place = readonly [x: number, y: number];

export interface Work {
  /** Ordinals, in the order in which they were pinned. The members of supernodes count as pinned without being here. */
  pinned: readonly number[];
  supernodes: readonly Supernode[];
  /** Ordinals of nodes that are not drawn. */
  hidden: readonly number[];
  /** Places that somebody chose, by `placeOfNode` and `placeOfSupernode`. */
  places: Readonly<Record<string, Place>>;
  /** Names of supernodes that the Circuit tab draws as their members, in the order of `supernodes`. */
  expanded: readonly string[];
  /** The ids of stored tests, in the order in which they came to it. */
  tests: readonly string[];
}

export const NO_WORK: Work = { pinned: [], supernodes: [], hidden: [], places: {}, expanded: [], tests: [] };

/** The theme has so many colours for supernodes. */
export const N_COLOURS = 6;

/** The colour in which a supernode is shown. */
export const colourOf = ({ supernodes }: Pick<Work, "supernodes">, supernode: Supernode): number =>
  supernode.colour ?? Math.max(0, supernodes.indexOf(supernode)) % N_COLOURS;

export const placeOfNode = (model: Pick<GraphModel, "nodes" | "record">, node: number): string => nodeEnd(model, node);
export const placeOfSupernode = (name: string): string => `=${name}`;

export type Edit =
  | { type: "pinned"; nodes: readonly number[] }
  | { type: "unpinned"; nodes: readonly number[] }
  /** A supernode of these nodes, which leave the supernodes that hold them. Of an existing name, the nodes join it. */
  | { type: "grouped"; name: string; nodes: readonly number[]; colour?: number | null }
  | { type: "renamed"; name: string; to: string }
  | { type: "coloured"; name: string; colour: number | null }
  /** Its nodes stay pinned. */
  | { type: "broken"; name: string }
  | { type: "removed"; name: string }
  | { type: "hidden"; nodes: readonly number[] }
  | { type: "unhidden"; nodes: readonly number[] }
  | { type: "placed"; key: string; place: Place | null }
  | { type: "arranged" }
  /** Its members are drawn in place of a supernode, or it as one again. */
  | { type: "expanded"; name: string }
  | { type: "tested"; tests: readonly string[] }
  /** The tests stay with their graph. */
  | { type: "untested"; tests: readonly string[] }
  /** All pins and supernodes in place of those that there are. */
  | { type: "started"; pinned: readonly number[]; supernodes: readonly Supernode[] }
  | { type: "cleared" };

const withoutKey = (places: Work["places"], key: string): Work["places"] => Object.fromEntries(Object.entries(places).filter(([each]) => each !== key));

const sorted = (nodes: Iterable<number>): number[] => [...new Set(nodes)].sort((a, b) => a - b);

/** Supernodes without these nodes; those that lose all of theirs are gone. */
const without = (supernodes: readonly Supernode[], nodes: ReadonlySet<number>): Supernode[] =>
  supernodes
    .map((one) => (one.nodes.some((node) => nodes.has(node)) ? { ...one, nodes: one.nodes.filter((node) => !nodes.has(node)) } : one))
    .filter((one) => one.nodes.length > 0);

/** The work after an edit; the same object where the edit changes nothing. */
export function edited(work: Work, edit: Edit): Work {
  const next = after(work, edit);
  const expanded = ordered(next.supernodes, next.expanded);
  return isSameWork({ ...next, expanded }, work) ? work : { ...next, expanded };
}

/** The names that are supernodes', in their order. */
export const ordered = (supernodes: readonly Supernode[], names: readonly string[]): string[] => supernodes.flatMap(({ name }) => (names.includes(name) ? [name] : []));

function after(work: Work, edit: Edit): Work {
  const { supernodes, pinned, places, expanded } = work;
  switch (edit.type) {
    case "pinned": {
      const held = new Set(membersOf(work));
      return { ...work, pinned: [...new Set([...pinned, ...edit.nodes.filter((node) => !held.has(node))])] };
    }
    case "unpinned": {
      const gone = new Set(edit.nodes);
      return { ...work, pinned: pinned.filter((node) => !gone.has(node)), supernodes: without(supernodes, gone) };
    }
    case "grouped": {
      const nodes = new Set(edit.nodes);
      if (nodes.size === 0) return work;
      const before = supernodes.find(({ name }) => name === edit.name);
      const made: Supernode = {
        name: edit.name,
        colour: edit.colour !== undefined ? edit.colour : (before?.colour ?? null),
        nodes: sorted([...(before?.nodes ?? []), ...nodes]),
      };
      const others = without(supernodes.filter((one) => one !== before), nodes);
      const at = before ? supernodes.slice(0, supernodes.indexOf(before)).filter(({ name }) => others.some((one) => one.name === name)).length : others.length;
      return { ...work, pinned: pinned.filter((node) => !nodes.has(node)), supernodes: others.toSpliced(at, 0, made) };
    }
    case "renamed": {
      if (edit.to === edit.name || supernodes.some(({ name }) => name === edit.to)) return work;
      const place = places[placeOfSupernode(edit.name)];
      return {
        ...work,
        supernodes: supernodes.map((one) => (one.name === edit.name ? { ...one, name: edit.to } : one)),
        places: { ...withoutKey(places, placeOfSupernode(edit.name)), ...(place && { [placeOfSupernode(edit.to)]: place }) },
        expanded: expanded.map((name) => (name === edit.name ? edit.to : name)),
      };
    }
    case "coloured":
      return { ...work, supernodes: supernodes.map((one) => (one.name === edit.name ? { ...one, colour: edit.colour } : one)) };
    case "broken":
    case "removed": {
      const broken = supernodes.find(({ name }) => name === edit.name);
      if (!broken) return work;
      return {
        ...work,
        pinned: edit.type === "broken" ? [...new Set([...pinned, ...broken.nodes])] : pinned,
        supernodes: supernodes.filter((one) => one !== broken),
        places: withoutKey(places, placeOfSupernode(edit.name)),
      };
    }
    case "hidden":
      return { ...work, hidden: sorted([...work.hidden, ...edit.nodes]) };
    case "unhidden": {
      const shown = new Set(edit.nodes);
      return { ...work, hidden: work.hidden.filter((node) => !shown.has(node)) };
    }
    case "placed": {
      return { ...work, places: { ...withoutKey(places, edit.key), ...(edit.place && { [edit.key]: edit.place }) } };
    }
    case "arranged":
      return { ...work, places: {} };
    case "expanded":
      return { ...work, expanded: expanded.includes(edit.name) ? expanded.filter((name) => name !== edit.name) : [...expanded, edit.name] };
    case "tested":
      return { ...work, tests: [...new Set([...work.tests, ...edit.tests])] };
    case "untested":
      return { ...work, tests: work.tests.filter((test) => !edit.tests.includes(test)) };
    case "started":
      return { ...work, pinned: edit.pinned, supernodes: edit.supernodes, places: {}, expanded: [] };
    case "cleared":
      return NO_WORK;
  }
}

/** The members of a work's supernodes. */
export const membersOf = ({ supernodes }: Pick<Work, "supernodes">): number[] => supernodes.flatMap(({ nodes }) => nodes);

/** All pinned nodes: those that are pinned alone, and the members of supernodes. */
export const allPinned = (work: Pick<Work, "pinned" | "supernodes">): number[] => [...work.pinned, ...membersOf(work)];

/** Whether all of some nodes are pinned; not of none. */
export function arePinned(work: Work, nodes: readonly number[]): boolean {
  const pinned = new Set(allPinned(work));
  return nodes.length > 0 && nodes.every((node) => pinned.has(node));
}

/** The supernode that holds a node, or null. */
export const holderOf = ({ supernodes }: Pick<Work, "supernodes">, node: number): Supernode | null =>
  supernodes.find(({ nodes }) => nodes.includes(node)) ?? null;

/** `name`, or `name (2)` and so on: one that no supernode has yet. */
export function unusedName({ supernodes }: Pick<Work, "supernodes">, name: string): string {
  const names = new Set(supernodes.map((one) => one.name));
  if (!names.has(name)) return name;
  let number = 2;
  while (names.has(`${name} (${number})`)) number++;
  return `${name} (${number})`;
}

/** Whether two works are the same, whatever the order in which places were chosen. */
export function isSameWork(one: Work, other: Work): boolean {
  const text = ({ pinned, supernodes, hidden, places, expanded, tests }: Work): string =>
    JSON.stringify([pinned, supernodes, hidden, expanded, tests, Object.entries(places).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return one === other || text(one) === text(other);
}

export const isEmpty = (work: Work): boolean => isSameWork(work, NO_WORK);

/** What a supernode's name may be: the server's rule, so that no save fails for it. */
export const MOST_NAME = 200;
export function nameTrouble(work: Pick<Work, "supernodes">, name: string, own: string | null = null): string | null {
  if (name.trim() === "") return "A name is wanted.";
  if (name.length > MOST_NAME) return `At most ${MOST_NAME} characters.`;
  if (/\p{C}|\p{Zl}|\p{Zp}/u.test(name)) return "A name stands in one line.";
  if (name !== own && work.supernodes.some((one) => one.name === name)) return "Another supernode has this name.";
  return null;
}
