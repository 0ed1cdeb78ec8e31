/** The work on a graph with the View that it began from, and what undo takes back: a pure reducer. */
import type { LabelChange } from "../../feature/feature";
import { edited, isSameWork, NO_WORK, type Edit, type Work } from "./work";

/** A View as it was read or written last. */
export interface OpenView {
  name: string;
  /** Its changes so far, from 1. */
  revision: number;
  notes: string;
  work: Work;
  /** What other clients keep in it. */
  others: Readonly<Record<string, unknown>>;
}

/** What is on the page: a work, and the View that it began from; null: none. */
export interface OnPage {
  view: OpenView | null;
  work: Work;
  notes: string;
}

export type Done =
  | { kind: "work"; before: OnPage; after: OnPage }
  | { kind: "label"; label: LabelChange }
  /** A View that was deleted: undone by writing it anew. */
  | { kind: "deletion"; view: OpenView }
  /** A test that is being deleted: undone by keeping it, as long as it is there. */
  | { kind: "test"; test: string };

export interface Bench {
  on: OnPage;
  /** What undo takes back, the last first to go. */
  past: readonly Done[];
  /** What redo does again, the last first. */
  future: readonly Done[];
}

export type BenchEvent =
  | { type: "edited"; edit: Edit }
  | { type: "noted"; notes: string }
  /** Another View is opened, or none. */
  | { type: "opened"; view: OpenView | null }
  /** The work is what this View says from now on. */
  | { type: "saved"; view: OpenView }
  /** A test was run on the page. It is a fact, which no undo takes back. */
  | { type: "measured"; test: string }
  /** A test is being deleted, which can be taken back for a while; or it was taken back elsewhere. */
  | { type: "leaving"; test: string }
  | { type: "kept"; test: string }
  /** Tests that the graph does not have any more. */
  | { type: "lost"; tests: readonly string[] }
  | { type: "labelled"; label: LabelChange }
  | { type: "deleted"; view: OpenView }
  /** `view`: the View that was deleted, as it is stored again. */
  | { type: "undone"; view?: OpenView }
  | { type: "redone" };

/** So many steps can be undone. */
const MOST_STEPS = 200;

export const onPage = (view: OpenView | null, work?: Work): OnPage => ({ view, work: work ?? view?.work ?? NO_WORK, notes: view?.notes ?? "" });

/** Characters of notes, as an address spells them, that an address holds: a server reads no more than 64 KiB of it. */
const MOST_NOTES = 20_000;

/** Whether notes that are not saved yet stand in the address. */
export const areAddressed = (notes: string): boolean => encodeURIComponent(notes).length <= MOST_NOTES;

export const firstBench = (on: OnPage): Bench => ({ on, past: [], future: [] });

/** Whether the work is other than the View says. */
export const isChanged = ({ view, work, notes }: OnPage): boolean => !isSameWork(work, view?.work ?? NO_WORK) || notes !== (view?.notes ?? "");

function did(bench: Bench, done: Done): Bench {
  const on = done.kind === "work" ? done.after : bench.on;
  return { on, past: [...bench.past.slice(1 - MOST_STEPS), done], future: [] };
}

/** The page as it is when a View is deleted: what it shows stays, unsaved. */
const withoutView = (on: OnPage, { name }: OpenView): OnPage => (on.view?.name === name ? { ...on, view: null } : on);

/** The bench with a change that no step of undo and redo brings back or takes away. */
function inEveryStep({ on, past, future }: Bench, change: (each: OnPage) => OnPage): Bench {
  const all = (steps: readonly Done[]): Done[] => steps.map((done) => (done.kind === "work" ? { ...done, before: change(done.before), after: change(done.after) } : done));
  return { on: change(on), past: all(past), future: all(future) };
}

/** The bench without steps that delete some tests. */
function withoutDeletions({ on, past, future }: Bench, tests: readonly string[]): Bench {
  const stays = (done: Done): boolean => done.kind !== "test" || !tests.includes(done.test);
  return { on, past: past.filter(stays), future: future.filter(stays) };
}

/** Notes are typed letter by letter, and are one step. */
const isTyping = (bench: Bench, next: OnPage): boolean => {
  const last = bench.past.at(-1);
  return last?.kind === "work" && last.after === bench.on && last.before.work === last.after.work && last.after.work === next.work && last.before.view === next.view;
};

export function benchAfter(bench: Bench, event: BenchEvent): Bench {
  const { on, past, future } = bench;
  const change = (next: OnPage): Bench => did(bench, { kind: "work", before: on, after: next });
  switch (event.type) {
    case "edited": {
      const work = edited(on.work, event.edit);
      return work === on.work ? bench : change({ ...on, work });
    }
    case "noted": {
      if (event.notes === on.notes) return bench;
      const next = { ...on, notes: event.notes };
      const last = past.at(-1);
      if (last?.kind === "work" && isTyping(bench, next)) return { on: next, past: [...past.slice(0, -1), { ...last, after: next }], future: [] };
      return change(next);
    }
    case "opened":
      return change(onPage(event.view));
    case "saved": {
      // Undo takes back edits, not what was written: every step is about the View as it is stored now.
      const now = (each: OnPage): OnPage => (each.view === on.view || each.view?.name === event.view.name ? { ...each, view: event.view } : each);
      return inEveryStep(bench, now);
    }
    case "measured": {
      if (on.work.tests.includes(event.test)) return bench;
      const edit: Edit = { type: "tested", tests: [event.test] };
      // What was done on another View before, undo brings back as it was.
      return inEveryStep(bench, (each) => (each.view === on.view || (on.view !== null && each.view?.name === on.view.name) ? { ...each, work: edited(each.work, edit) } : each));
    }
    case "lost": {
      const edit: Edit = { type: "untested", tests: event.tests };
      const without = (each: OnPage): OnPage => {
        const work = edited(each.work, edit);
        const saved = each.view && edited(each.view.work, edit);
        const view = each.view === null || saved === null || saved === each.view.work ? each.view : { ...each.view, work: saved };
        return work === each.work && view === each.view ? each : { ...each, view, work };
      };
      return withoutDeletions(inEveryStep(bench, without), event.tests);
    }
    case "leaving":
      return did(bench, { kind: "test", test: event.test });
    case "kept":
      return withoutDeletions(bench, [event.test]);
    case "labelled":
      return did(bench, { kind: "label", label: event.label });
    case "deleted":
      return { ...did(bench, { kind: "deletion", view: event.view }), on: withoutView(on, event.view) };
    case "undone": {
      const last = past.at(-1);
      if (!last) return bench;
      const [now, done] = last.kind === "deletion" && event.view ? [{ ...on, view: on.view ?? event.view }, { ...last, view: event.view }] : [on, last];
      return { on: done.kind === "work" ? done.before : now, past: past.slice(0, -1), future: [...future, done] };
    }
    case "redone": {
      const last = future.at(-1);
      if (!last) return bench;
      const now = last.kind === "work" ? last.after : last.kind === "deletion" ? withoutView(on, last.view) : on;
      return { on: now, past: [...past, last], future: future.slice(0, -1) };
    }
  }
}
