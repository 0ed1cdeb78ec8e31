/** The figures that heads have: what each is, in which unit, and what of it is known here. */
import type { InternalsAnswer, InternalsPart } from "../../../api/types";
import { quantity } from "../../../shared/format";
import { STATISTICS, type Statistic } from "../details/statistics";
import type { Head } from "../inside";
import { valuesOf } from "../numbers";

/** A figure of heads, whose words are those of a head's details. */
export interface Measure extends Statistic {
  /** Of its scale: "logits", "share of 1". */
  readonly unit: string;
  /** Whether it is above and below 0, and 0 the middle of its scale. */
  readonly isSigned: boolean;
  /** The part of the internals that it comes with. */
  readonly part: InternalsPart;
}

interface Group {
  readonly label: string;
  readonly measures: readonly Measure[];
}

const SHARE = "share of 1";

const group = (label: string, part: InternalsPart, isSigned: boolean, units: Readonly<Record<string, string>>): Group => ({
  label,
  measures: Object.entries(units).flatMap(([name, unit]) => STATISTICS.filter((each) => each.name === name).map((each) => ({ ...each, unit, isSigned, part }))),
});

export const GROUPS: readonly Group[] = [
  group("For the prediction", "heads", true, { attribution: "logits", ablation: "logits", direct_logit: "logits" }),
  group("For the graph", "loadings", false, { carried: "sum of |weight|" }),
  group("Patterns on this prompt", "attention", false, { entropy: "nats", normalised_entropy: SHARE, max_attention: SHARE, mean_distance: "tokens", previous_token: SHARE, first_token: SHARE }),
  group("On random tokens that come twice", "attention", false, { induction: SHARE, duplicate_token: SHARE }),
];

export const MEASURES: readonly Measure[] = GROUPS.flatMap(({ measures }) => measures);

/** Null for a name that there is not. */
export const measureOf = (name: string): Measure | null => MEASURES.find((each) => each.name === name) ?? null;

/** "2.14 logits", "71.0 %", "not known". */
export const figure = ({ write }: Measure, value: number | undefined): string => (value === undefined || !Number.isFinite(value) ? "not known" : write(value));

/** The same where its unit stands beside it. */
export const shortFigure = (measure: Measure, value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? "–" : measure.unit === SHARE ? measure.write(value) : quantity(value);

/** "attribution (logits)" */
export const axisName = ({ title, unit }: Measure): string => `${title} (${unit})`;

/** The figures of all heads, layer by layer; NaN: not known. `withoutFirst`: those of patterns leave out the first token. */
export interface HeadValues {
  readonly measure: Measure;
  readonly values: Float32Array;
  readonly isWithoutFirst: boolean;
}

/** Null where nothing is known of it, or there is no such measure. */
export function headValues(internals: InternalsAnswer, name: string, withoutFirst: boolean): HeadValues | null {
  const measure = measureOf(name);
  const rest = withoutFirst ? internals.maps_without_first[name] : undefined;
  const numbers = rest ?? internals.maps[name];
  return measure && numbers ? { measure, values: valuesOf(numbers).values, isWithoutFirst: rest !== undefined } : null;
}

/** Why there is no such figure here, as a sentence. */
export function whyNone(internals: InternalsAnswer, name: string): string {
  const measure = measureOf(name);
  if (measure === null) return `There is no figure of heads called ${JSON.stringify(name)}.`;
  const { part, title } = measure;
  if (!internals.parameters.parts.includes(part)) return `The part “${part}”, with which ${title} comes, was not computed.`;
  if (name === "ablation" && !internals.parameters.verify) return "The heads were not ablated: compute again with “verify by ablation”.";
  return internals.missing[part] ?? `There is no ${title} for this prompt.`;
}

export const headAt = (place: number, nHeads: number): Head => ({ layer: Math.floor(place / nHeads), head: place % nHeads });
export const placeOf = ({ layer, head }: Head, nHeads: number): number => layer * nHeads + head;

/** The places of all heads, the largest figure first, by size whatever the sign; those that are not known last. */
export function ranked(values: Float32Array): number[] {
  const size = (place: number): number => {
    const value = Math.abs(values[place] ?? NaN);
    return Number.isFinite(value) ? value : -1;
  };
  return [...values.keys()].sort((a, b) => size(b) - size(a) || a - b);
}
