/**
 * The tabs' part of an address, by the names that people know from CircuitsVis where it has them:
 *
 *     layers, heads     `2,-1`; `10.7,L2H3,-1.0`: numbers below 0 count from the end
 *     kind, mode        of patterns: `info-weighted`; `small`, `large` or `lines`
 *     notation          `dot` or `LH`
 *     title, help       a heading; `true`
 *     graphs            ids of other graphs, whose prompts stand beside
 *     first             `without`: the first token is left out
 *     as, map, across   of the Heads tab: `scatter`; the maps that it shows
 *     measure           of the flow: `signed`
 *     traced, without   sources by their positions, or `biases`
 *     share             `rest`: shares are of what is left
 *     words             `apart`: pieces of words are sources of their own
 */
import type { FlowMeasure, PatternKind } from "../../api/types";
import { FIRST_INSIDE, headName, HEAD_VIEWS, MAPS, MODES, NOTATIONS, type Head, type Inside } from "./inside";

const KINDS: readonly PatternKind[] = ["standard", "value-weighted", "info-weighted", "logit"];
const MEASURES: readonly FlowMeasure[] = ["norm", "signed"];
const BIASES = "biases";
/** Characters of a heading. */
const LONGEST_TITLE = 200;

/** A number of an address: of at most six digits, so that no address makes a long list. */
const NUMBER = /^-?\d{1,6}$/;
const NAME = /^(?:L(-?\d{1,6})H|(-?\d{1,6})\.)(-?\d{1,6})$/i;
const ID = /^[\w-]{1,128}$/;

/** A head's name in either notation, its numbers as they are; null: it is none. */
export function headIn(name: string): Head | null {
  const [, ofLetters, ofDot, head] = NAME.exec(name) ?? [];
  const layer = ofLetters ?? ofDot;
  return layer && head ? { layer: Number(layer), head: Number(head) } : null;
}

const one = <Word extends string>(words: readonly Word[], text: string): Word | null => words.find((word) => word === text) ?? null;

/** A list with commas between, of which each must be one; null where one is not, or comes twice. */
function list<Item>(text: string, read: (item: string) => Item | null): Item[] | null {
  const items = text.split(",").map(read);
  const once = new Set(items.map((item) => JSON.stringify(item)));
  return items.every((item) => item !== null) && once.size === items.length ? items : null;
}

const numberIn = (text: string): number | null => (NUMBER.test(text) ? Number(text) : null);

/** A source of the flow: a position, or the biases, which stand after the last. */
function sourceIn(text: string, tokens: number): number | null {
  if (text === BIASES) return tokens;
  const position = numberIn(text);
  return position !== null && position >= 0 && position < tokens ? position : null;
}

const found = <Name extends keyof Inside>(name: Name, value: Inside[Name] | null): Partial<Inside> | null => (value === null ? null : { [name]: value });

/** What each parameter says of a graph of so many tokens; null: there is no such thing. */
const READERS: Record<string, (value: string, tokens: number) => Partial<Inside> | null> = {
  layers: (value) => found("layers", list(value, numberIn)),
  heads: (value) => found("heads", list(value, headIn)),
  kind: (value) => found("kind", one(KINDS, value)),
  mode: (value) => found("mode", one(MODES, value)),
  notation: (value) => found("notation", one(NOTATIONS, value)),
  title: (value) => found("title", value !== "" && value.length <= LONGEST_TITLE ? value : null),
  help: (value) => (value === "true" ? { help: true } : null),
  graphs: (value) => found("others", list(value, (id) => (ID.test(id) ? id : null))),
  first: (value) => (value === "without" ? { withoutFirst: true } : null),
  as: (value) => found("view", one(HEAD_VIEWS, value)),
  map: (value) => found("map", one(MAPS, value)),
  across: (value) => found("across", one(MAPS, value)),
  measure: (value) => found("measure", one(MEASURES, value)),
  traced: (value, tokens) => found("traced", sourceIn(value, tokens)),
  without: (value, tokens) => found("without", list(value, (each) => sourceIn(each, tokens))),
  share: (value) => (value === "rest" ? { renormalised: true } : null),
  words: (value) => (value === "apart" ? { words: false } : null),
};

export const isInside = (name: string): boolean => Object.hasOwn(READERS, name);

/** The tabs' state with what a parameter says; null: that is nothing here. */
export function withInside(inside: Inside, name: string, value: string, tokens: number): Inside | null {
  const change = READERS[name]?.(value, tokens) ?? null;
  return change && { ...inside, ...change };
}

/** What an address says of the tabs of a graph of so many tokens: nothing of what is as it opens. */
export function insideTexts(inside: Inside, tokens: number): [name: string, value: string][] {
  const said: [string, string][] = [];
  const say = (name: string, value: string | null, first: string | null = null) => {
    if (value !== null && value !== first) said.push([name, value]);
  };
  const source = (at: number | null) => (at === null ? null : at === tokens ? BIASES : String(at));
  const joined = (items: readonly string[]) => (items.length > 0 ? items.join(",") : null);
  say("layers", inside.layers && joined(inside.layers.map(String)));
  say("heads", inside.heads && joined(inside.heads.map((head) => headName(head, inside.notation))));
  say("kind", inside.kind, FIRST_INSIDE.kind);
  say("mode", inside.mode, FIRST_INSIDE.mode);
  say("notation", inside.notation, FIRST_INSIDE.notation);
  say("title", inside.title === "" ? null : inside.title);
  say("help", inside.help ? "true" : null);
  say("graphs", joined(inside.others));
  say("first", inside.withoutFirst ? "without" : null);
  say("as", inside.view, FIRST_INSIDE.view);
  say("map", inside.map, FIRST_INSIDE.map);
  say("across", inside.across, FIRST_INSIDE.across);
  say("measure", inside.measure, FIRST_INSIDE.measure);
  say("traced", source(inside.traced));
  say("without", joined(inside.without.flatMap((each) => source(each) ?? [])));
  say("share", inside.renormalised ? "rest" : null);
  say("words", inside.words ? null : "apart");
  return said;
}

/** Numbers below 0 counted from the end, and without those that the model does not have. */
export function counted(inside: Inside, layers: number, heads: number): Inside {
  const from = (number: number, n: number) => (number < 0 ? number + n : number);
  const isIn = (number: number, n: number) => number >= 0 && number < n;
  return {
    ...inside,
    layers: inside.layers?.map((layer) => from(layer, layers)).filter((layer) => isIn(layer, layers)) ?? null,
    heads:
      inside.heads
        ?.map(({ layer, head }) => ({ layer: from(layer, layers), head: from(head, heads) }))
        .filter(({ layer, head }) => isIn(layer, layers) && isIn(head, heads)) ?? null,
  };
}
