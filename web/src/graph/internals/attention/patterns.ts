/** A head's pattern, read: by rows and columns, with one scale for all that are shown together. */
import type { InternalsAnswer, InternalsPart, PatternKind } from "../../../api/types";
import { quantity, score } from "../../../shared/format";
import { tokenName } from "../inside";
import type { CellPlace } from "../matrix/place";
import type { Scale } from "../matrix/colours";
import { largest, type Values } from "../numbers";

export interface KindOf {
  readonly name: string;
  /** What a cell is, with its unit, for a legend. */
  readonly unit: string;
  readonly meaning: string;
}

export const KINDS: Record<PatternKind, KindOf> = {
  standard: { name: "standard", unit: "attention, a share of 1", meaning: "A[q, k]: how much of its attention a query gives to a key. A row adds up to 1." },
  "value-weighted": {
    name: "value-weighted",
    unit: "attention × |v| over the head’s largest |v|",
    meaning: "A[q, k] times the size of the key’s value vector, as a share of the largest of the head: a key may be looked at and have next to nothing to give.",
  },
  "info-weighted": {
    name: "info-weighted",
    unit: "attention × |v W_O| over the head’s largest",
    meaning: "A[q, k] times the size of what the head would write for the key, v W_O, as a share of the largest of the head.",
  },
  logit: { name: "logit", unit: "logits", meaning: "What the head moves from key to query in the direction of a logit of the query’s position: A[q, k] v W_O, through the final norm as it was." },
};

/** The part of the internals that a kind is of. */
export const partOf = (kind: PatternKind): InternalsPart => (kind === "logit" ? "logits" : "attention");

export interface Looked {
  readonly position: number;
  readonly value: number;
}

const bySize = (a: Looked, b: Looked): number => Math.abs(b.value) - Math.abs(a.value) || a.position - b.position;

/** What a query looks at, and how much, the most first; without what is not known. */
export const keysOf = ({ values, shape }: Values, query: number): Looked[] =>
  Array.from({ length: query + 1 }, (_, position) => ({ position, value: values[query * (shape[1] ?? 0) + position] ?? Number.NaN }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort(bySize);

/** What looks at a key, and how much, the most first; without what is not known. */
export const queriesOf = ({ values, shape }: Values, key: number): Looked[] =>
  Array.from({ length: (shape[0] ?? 0) - key }, (_, at) => ({ position: key + at, value: values[(key + at) * (shape[1] ?? 0) + key] ?? Number.NaN }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort(bySize);

/** The scale of all patterns that are seen together: shares are of 1, logits of the largest. */
export const scaleOf = (kind: PatternKind, patterns: readonly Values[]): Scale =>
  kind === "logit" ? { signed: true, most: Math.max(0, ...patterns.map(largest)) } : { signed: false, most: 1 };

/** What raises and what lowers, each alone; the rest of either is 0. */
export function apart({ shape, values }: Values): [raises: Values, lowers: Values] {
  return [
    { shape, values: values.map((value) => (value < 0 ? 0 : value)) },
    { shape, values: values.map((value) => (value > 0 ? 0 : value)) },
  ];
}

/** A cell's figure: "0.31", "−0.12 logits", "–" where it is not known. */
export const figureOf = (kind: PatternKind, value: number): string => (Number.isNaN(value) ? "–" : kind === "logit" ? `${quantity(value)} logits` : score(value, 3));

/** What a cell says: "is (10) → Dallas (9): 0.998". */
export function cellText(tokens: readonly string[], kind: PatternKind, withoutFirst: boolean, { row, column }: CellPlace, value: number): string {
  const what = Number.isNaN(value) ? (withoutFirst && column === 0 ? "the first token is left out" : "nothing is left without the first token") : figureOf(kind, value);
  return `query ${tokenName(tokens, row)} → key ${tokenName(tokens, column)}: ${what}`;
}

type Towards = Pick<InternalsAnswer, "target" | "foil"> & { parameters: Pick<InternalsAnswer["parameters"], "towards" | "direction"> };

/** What the logits of attribution are, for all positions. */
export function towardsText({ parameters, target, foil }: Towards): string {
  if (parameters.direction) return "the direction that was given";
  if (parameters.towards === "target") return `the logit of ${JSON.stringify(target)}`;
  if (parameters.towards === "difference") return `the logit of ${JSON.stringify(target)} less that of ${JSON.stringify(foil)}`;
  return "the logit of each position’s own most probable next token";
}
