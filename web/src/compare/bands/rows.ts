/** The rows of a comparison in three bands: what only one graph has, and what both have. */
import type { CompareAnswer, ComparedFeature, ComparedSequence, PathEffect } from "../../api/types";
import { featureName } from "../../shared/format";
import { other, SIDES, type Order, type Side } from "../asked";

export type Where = Side | "both";
export const WHERES = ["a", "both", "b"] as const;
export type Bands<Row> = Record<Where, Row[]>;

/** The place of a side's graph among those compared. */
export const placeOf = (side: Side): 0 | 1 => (side === "a" ? 0 : 1);

/** Parts rows by which of the two graphs have a part in them; rows of neither are left out. */
export function bandsOf<Row>(rows: readonly Row[], partOf: (row: Row, side: Side) => unknown): Bands<Row> {
  const bands: Bands<Row> = { a: [], both: [], b: [] };
  for (const row of rows) {
    const [inA, inB] = SIDES.map((side) => (partOf(row, side) ?? null) !== null);
    if (inA || inB) bands[inA && inB ? "both" : inA ? "a" : "b"].push(row);
  }
  return bands;
}

const scoreOf = ({ in_graphs: parts }: ComparedSequence, side: Side): number => parts[placeOf(side)]?.score ?? 0;

/** What paths do to their target on balance: what they add to its logit or, where that is not known, the influence that raises it less what lowers it. */
export const balance = ({ contribution, raising, lowering }: PathEffect, isKnown: boolean): number => (isKnown ? (contribution ?? 0) : raising - lowering);

/** How much a sequence does otherwise in the two graphs, where both have it. */
export function difference({ in_graphs: parts }: ComparedSequence): number {
  const effects = parts.flatMap((part) => part?.effect ?? []);
  const isKnown = effects.every(({ contribution }) => contribution !== null);
  const [one = 0, another = 0] = effects.map((effect) => balance(effect, isKnown));
  return Math.abs(one - another);
}

/** The sequences, the strongest first as the server has them; `differing`: those of both graphs that differ most. */
export function sequenceBands({ sequences }: CompareAnswer, order: Order): Bands<ComparedSequence> {
  const bands = bandsOf(sequences, ({ in_graphs: parts }, side) => parts[placeOf(side)]);
  return order === "strongest" ? bands : { ...bands, both: [...bands.both].sort((one, another) => difference(another) - difference(one)) };
}

export const partOf = ({ in_graphs: parts }: ComparedFeature, graphs: CompareAnswer["graphs"], side: Side): ComparedFeature["in_graphs"][number] | null => {
  // A graph that is compared with itself has the same part on both sides.
  const id = graphs[placeOf(side)]?.id;
  return parts.find(({ graph }) => graph === id) ?? null;
};

/** The features; null where the graphs can share none, because they are not features of one thing. */
export function featureBands({ graphs, shared, distinct }: CompareAnswer): Bands<ComparedFeature> | null {
  if (shared === null || distinct === null) return null;
  return bandsOf([...shared, ...distinct], (row, side) => partOf(row, graphs, side));
}

/** What the rows of a band carry in one graph. */
export const carried = (rows: readonly ComparedSequence[], side: Side): number => rows.reduce((sum, row) => sum + scoreOf(row, side), 0);

/** The feature of a node's id, `graph/feature/LAYER/POSITION/INDEX`, perhaps with a site behind it. */
const featureOfId = (id: string): string => {
  const [, , layer = "", , index = "", site = ""] = id.split("/");
  return [layer, index, site].join("/");
};

/** Features of a step that only one graph has by this name, and that the other has by another. */
export interface Elsewhere {
  n: number;
  of: number;
  /** What the other graph calls most of them. */
  name: string;
  /** Further names that it has for some of them. */
  others: number;
}

/**
 * What the other graph calls the features of a one-step sequence that only `side` has by its name: labels of two graphs
 * may name one feature differently. Null where it has none of them, or for a sequence of features.
 */
export function elsewhere(row: ComparedSequence, side: Side, { graphs, shared }: CompareAnswer): Elsewhere | null {
  const [step, ...others] = row.steps;
  if (!step?.is_group || others.length > 0 || shared === null) return null;
  const names = new Map(
    shared.map((feature) => {
      const part = partOf(feature, graphs, other(side));
      return [[feature.layer, feature.index, feature.site ?? ""].join("/"), part?.label ?? featureName(feature.layer, feature.index, feature.site)];
    }),
  );
  const features = [...new Set((row.in_graphs[placeOf(side)]?.nodes ?? []).flat().map(featureOfId))];
  const found = features.flatMap((feature) => names.get(feature) ?? []);
  const counts = new Map<string, number>();
  for (const name of found) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [most] = [...counts].sort(([, one], [, another]) => another - one);
  return most ? { n: found.length, of: features.length, name: most[0], others: counts.size - 1 } : null;
}
