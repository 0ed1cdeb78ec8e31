/** What a question becomes when a filter is added, or put in the place of another. */
import { MOST_THROUGH, type PageQuestion } from "../question";
import type { Restriction } from "./restrictions";
import { alternatives, anyOf } from "./selector";
import { filterOf, type Verb } from "./things";

/** The filter that is edited; null: another is added. */
export type Edited = Restriction["filter"];

/** The verb of a filter, and what it names, to begin editing with. */
export function verbOf(filter: NonNullable<Edited>): { verb: Verb; picked: string[] } {
  const picked = alternatives(filter.selector);
  return { verb: filter.filter === "through" && picked.length > 1 ? "anyOf" : filter.filter, picked };
}

/** The change of a question by which its paths do what `verb` says with what is `picked`, in place of `edited`. */
export function edit(question: PageQuestion, edited: Edited, verb: Verb, picked: readonly string[]): Partial<PageQuestion> {
  const filters = { source: question.source, through: question.through, avoid: question.avoid };
  const at = edited === null ? -1 : filters[edited.filter].indexOf(edited.selector);
  if (edited !== null) filters[edited.filter] = filters[edited.filter].filter((each) => each !== edited.selector);
  if (verb === "target") return { ...filters, target: picked[0] ?? question.target };
  const filter = filterOf(verb);
  const added = verb === "anyOf" ? [anyOf(picked)] : picked;
  const opposite = filter === "through" ? "avoid" : "through";
  if (filter !== "source") filters[opposite] = filters[opposite].filter((each) => !added.includes(each));
  const own = filters[filter].filter((each) => !added.includes(each));
  const place = edited?.filter === filter ? at : own.length;
  filters[filter] = [...own.slice(0, place), ...added, ...own.slice(place)];
  return filters;
}

/** Paths through what they went around, and around what they went through. */
export const turned = (question: PageQuestion, { filter, selector }: NonNullable<Edited>): Partial<PageQuestion> =>
  filter === "source" ? {} : edit(question, { filter, selector }, filter === "through" ? "avoid" : "through", [selector]);

/** Whether the server takes so many filters. */
export const isTooMany = (change: Partial<PageQuestion>): boolean => (change.through?.length ?? 0) > MOST_THROUGH;
