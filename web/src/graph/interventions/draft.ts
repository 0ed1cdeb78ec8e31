/** A test as it is set up, as a pure function of what its reader did; and the question that it asks. */
import type { ChangedFeature, Intervention, InterventionQuestion, Op } from "../../api/types";
import type { GraphModel } from "../model/model";
import type { Subject } from "../model/testable";
import { entriesOf, entryText } from "../names/entries";

export interface DraftChange {
  /** Null: all in which the graph and the one it takes from differ. */
  subject: Subject | null;
  op: Op;
  /** Of `scale`: a multiple of the activations. */
  factor: number;
  /** Of `set`; null: no number is written yet. */
  value: number | null;
  /** Of `transplant`: the id of the graph that it takes from, and the multiple of the activations there. */
  donor: string | null;
  lent: number;
}

export interface Draft {
  changes: readonly DraftChange[];
}

/** Of activations: beyond them a change breaks more than it tests. */
export const FACTORS = { least: -5, most: 5 };
/** 1 would be too little: the rest of the prompt speaks against what is put there. */
const LENT = 2;

export const OFF = { op: "suppress", factor: 0, value: null, donor: null, lent: LENT } as const;

const EMPTY: Draft = { changes: [] };

/** A test that switches all subjects off. */
export const draftOf = (subjects: readonly Subject[]): Draft => subjects.reduce(withSubject, EMPTY);

/** A test that puts another graph's features in the place of all in which the two differ. */
export const wholeDraft = (): Draft => ({ changes: [{ ...OFF, subject: null, op: "transplant" }] });

/** The nodes that a draft names. */
export const nodesOf = ({ changes }: Draft): number[] => changes.flatMap(({ subject }) => subject?.nodes ?? []);

/** The nodes that the open test changes: of the draft, unless a stored one is shown. */
export function testedNodes(model: GraphModel, stored: readonly Intervention[] | null, shown: string | null, draft: Draft | null): number[] {
  if (shown === null) return draft ? nodesOf(draft) : [];
  const test = stored?.find(({ id }) => id === shown);
  return test ? changedNodes(model, test) : [];
}

/** The graph's nodes among the features that a stored test changed. */
export const changedNodes = (model: GraphModel, { changes }: Pick<Intervention, "changes">): number[] => changes.flatMap(({ key }) => model.ordinalOf.get(key ?? "") ?? []);

/** The draft with a subject more, without those of its nodes that are changed already; the same draft where that leaves none. */
export function withSubject(draft: Draft, { name, nodes }: Subject): Draft {
  const known = new Set(nodesOf(draft));
  const added = [...new Set(nodes)].filter((node) => !known.has(node));
  return added.length === 0 ? draft : { changes: [...draft.changes, { ...OFF, subject: { name, nodes: added } }] };
}

export const withChange = ({ changes }: Draft, at: number, change: Partial<DraftChange>): Draft => ({
  changes: changes.map((each, place) => (place === at ? { ...each, ...change } : each)),
});

export const without = ({ changes }: Draft, at: number): Draft => ({ changes: changes.filter((_, place) => place !== at) });

/** What a draft lacks before it can be asked, in words; null: nothing. */
export function missing({ changes }: Draft): string | null {
  if (changes.length === 0) return "Name what is to be changed.";
  for (const { op, value, donor } of changes) {
    if (op === "set" && value === null) return "Write the activation that is to be set.";
    if (op === "transplant" && donor === null) return "Choose the graph to take from.";
  }
  return null;
}

/** The question that a draft asks; null while something is missing. */
export function questionOf(draft: Draft, { nodes }: Pick<GraphModel, "nodes">): InterventionQuestion | null {
  if (missing(draft) !== null) return null;
  return {
    changes: draft.changes.map(({ subject, op, factor, value, donor, lent }) => ({
      op,
      nodes: (subject?.nodes ?? []).map((node) => nodes.id[node] ?? ""),
      ...(op === "scale" && { factor }),
      ...(op === "set" && { value }),
      ...(op === "transplant" && { donor, factor: lent, ...(subject === null && { part: "whole" as const }) }),
    })),
  };
}

/** Features that a stored test changed in one way. */
export interface ChangedTogether {
  op: Op;
  factor: number | null;
  /** Of `set`. */
  value: number | null;
  donor: string | null;
  features: readonly ChangedFeature[];
}

/** The changes of a stored test, those made in one way together. */
export function together(changes: readonly ChangedFeature[]): ChangedTogether[] {
  const found = new Map<string, ChangedTogether & { features: ChangedFeature[] }>();
  for (const change of changes) {
    const { op, donor } = change;
    const factor = op === "scale" ? (change.factor ?? null) : null;
    const value = op === "set" ? change.value : null;
    const key = JSON.stringify([op, factor, value, donor]);
    const known = found.get(key) ?? { op, factor, value, donor: donor ?? null, features: [] };
    known.features.push(change);
    found.set(key, known);
  }
  return [...found.values()];
}

/** The draft of a stored test. What a transplant put where the graph has no node, the donor's whole difference holds. */
export function draftFrom(model: GraphModel, { changes }: Intervention): Draft {
  return {
    changes: together(changes).map(({ op, factor, value, donor, features }) => {
      const nodes = features.flatMap(({ key }) => model.ordinalOf.get(key ?? "") ?? []);
      const isWhole = op === "transplant";
      const lent = features.find(({ key }) => key === null)?.factor ?? LENT;
      const subject = isWhole ? null : { name: listName(model, nodes), nodes };
      return { subject, op, factor: factor ?? 0, value, donor, lent };
    }),
  };
}

/** "Texas L20 at Dallas", "Texas, capital and 3 more". */
export function listName(model: GraphModel, nodes: readonly number[]): string {
  const entries = entriesOf(model, nodes);
  const [only] = entries;
  if (entries.length === 1 && only) return entryText(only);
  const names = [...new Set(entries.map(({ name }) => name.text))];
  const shown = names.slice(0, 2);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(" and ");
}
