/** The figures that heads have: what each is, in which unit, and what of it is known here. */
import type { InternalsAnswer, InternalsPart } from "../../../api/types";
import { quantity } from "../../../shared/format";
import type { Head } from "../inside";
import { valuesOf } from "../numbers";

export interface Measure {
  /** As in the address and in the server's answers. */
  readonly name: string;
  readonly label: string;
  /** After a figure; empty: a share of 1. */
  readonly unit: string;
  /** Whether it is above and below 0, and 0 the middle of its scale. */
  readonly isSigned: boolean;
  readonly meaning: string;
  /** The part of the internals that it comes with. */
  readonly part: InternalsPart;
}

interface Group {
  readonly label: string;
  readonly measures: readonly Measure[];
}

const measure = (name: string, part: InternalsPart, label: string, unit: string, isSigned: boolean, meaning: string): Measure => ({ name, part, label, unit, isSigned, meaning });

export const GROUPS: readonly Group[] = [
  {
    label: "For the prediction",
    measures: [
      measure("attribution", "heads", "attribution", "logits", true, "The head’s output times the gradient of what is attributed, over all positions: a first-order estimate. Above 0: the head is for the prediction"),
      measure("ablation", "heads", "ablation", "logits", true, "What is attributed, less the same with the head’s output set to zero: measured in the model. Above 0: the head is for the prediction"),
      measure("direct_logit", "heads", "direct logit attribution", "logits", true, "What the head writes at the position of the prediction, read by the final norm and the unembedding alone: no later layer"),
    ],
  },
  {
    label: "For the graph",
    measures: [measure("carried", "loadings", "carried weight", "of edge weight", false, "Sum of |weight| of the graph’s edges, each counted at the last head that carried it")],
  },
  {
    label: "Patterns on this prompt",
    measures: [
      measure("entropy", "attention", "entropy", "nats", false, "−Σ A ln A of a query, a mean over queries: how widely the head looks"),
      measure("normalised_entropy", "attention", "normalised entropy", "", false, "Entropy as a share of ln(keys that a query may look at): 1 where it looks at all alike"),
      measure("max_attention", "attention", "largest attention", "", false, "The largest attention of a query, a mean over queries"),
      measure("mean_distance", "attention", "mean distance", "tokens", false, "How far back the head looks, a mean over queries"),
      measure("previous_token", "attention", "previous token", "", false, "Attention to the token before the query, a mean over queries"),
      measure("first_token", "attention", "first token", "", false, "Attention to the prompt’s first token, a mean over queries"),
    ],
  },
  {
    label: "On random tokens, twice the same",
    measures: [
      measure("induction", "attention", "induction", "", false, "Attention to the token after the query’s earlier occurrence, on sequences of random tokens that are repeated; not of this prompt"),
      measure("duplicate_token", "attention", "duplicate token", "", false, "Attention to the query’s earlier occurrence, on sequences of random tokens that are repeated; not of this prompt"),
    ],
  },
];

export const MEASURES: readonly Measure[] = GROUPS.flatMap(({ measures }) => measures);

/** Null for a name that there is not. */
export const measureOf = (name: string): Measure | null => MEASURES.find((each) => each.name === name) ?? null;

/** "2.14 logits", "0.71", "not known". */
export const figure = ({ unit }: Pick<Measure, "unit">, value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? "not known" : unit === "" ? quantity(value) : `${quantity(value)} ${unit}`;

/** "attribution (logits)" */
export const axisName = ({ label, unit }: Measure): string => (unit === "" ? label : `${label} (${unit})`);

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
  const { part, label } = measure;
  if (!internals.parameters.parts.includes(part)) return `The part “${part}”, with which ${label} comes, was not computed.`;
  if (name === "ablation" && !internals.parameters.verify) return "The heads were not ablated: compute again with “verify by ablation”.";
  return internals.missing[part] ?? `There is no ${label} for this prompt.`;
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
