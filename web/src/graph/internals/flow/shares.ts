/**
 * What the bars show. Of each place in the model (layer, attention or MLP, position), the shares of its residual stream that came
 * from each source: a token of the prompt, a word, or the model's biases.
 */
import type { FlowMeasure } from "../../../api/types";
import type { TokenSpan } from "../../model/pieces";
import type { Values } from "../numbers";

/** Numbers by row, position and source, the last of which is the biases. Rows: layer 0 after attention, after its MLP, layer 1 … */
export interface Shares {
  readonly nRows: number;
  readonly nPositions: number;
  readonly nSources: number;
  /** NaN: not known. */
  readonly values: Float32Array;
}

/** What of the flow is shown. */
export interface Part {
  readonly measure: FlowMeasure;
  /** The tokens of each source, but for the biases. */
  readonly sources: readonly TokenSpan[];
  /** What is left out: positions, and the number of tokens for the biases. */
  readonly without: readonly number[];
  /** Whether shares are of what is left. */
  readonly renormalised: boolean;
}

/** Signed shares of what is left are not told where less than this part of the stream is left. */
const LEAST_LEFT = 0.05;

/**
 * `flow`: (n_layers, 2, n, n + 1), by source token. Norms become shares of the sum of norms; the shares of the pieces of a word are
 * added.
 */
export function sharesOf({ shape, values }: Values, { measure, sources, without, renormalised }: Part): Shares {
  const [nLayers = 0, , nPositions = 0, nColumns = 0] = shape;
  const nRows = 2 * nLayers;
  const nSources = sources.length + 1;
  const shares = new Float32Array(nRows * nPositions * nSources);
  const sourceOf = new Int32Array(nColumns).fill(sources.length);
  sources.forEach(({ first, last }, source) => sourceOf.fill(source, first, last + 1));
  const left = new Uint8Array(nColumns).fill(1);
  for (const column of without) if (column < nColumns) left[column] = 0;
  for (let cell = 0; cell < nRows * nPositions; cell++) {
    let whole = 0;
    let rest = 0;
    for (let column = 0; column < nColumns; column++) {
      const value = values[cell * nColumns + column] ?? NaN;
      whole += value;
      if (left[column]) rest += value;
    }
    const by = renormalised ? rest : measure === "norm" ? whole : 1;
    // A sum of signed shares may be about 0, and says nothing of its parts then.
    const told = measure === "norm" ? by > 0 : Number.isFinite(whole) && Math.abs(by) >= LEAST_LEFT;
    for (let column = 0; column < nColumns; column++) {
      if (!left[column]) continue;
      const place = cell * nSources + (sourceOf[column] ?? 0);
      shares[place] = told ? (shares[place] ?? 0) + (values[cell * nColumns + column] ?? NaN) / by : NaN;
    }
  }
  return { nRows, nPositions, nSources, values: shares };
}

/** The shares of one place, by source, as a view. */
export function cellOf({ nPositions, nSources, values }: Shares, row: number, position: number): Float32Array {
  const at = (row * nPositions + position) * nSources;
  return values.subarray(at, at + nSources);
}

/** How far the bars reach above and below 0, so that all are on one scale. */
export interface Reach {
  readonly top: number;
  readonly bottom: number;
}

/** 0 to 1 for norms. Signed shares add up to 1, and reach further where they are of both signs. */
export function reachOf(shares: Shares, measure: FlowMeasure): Reach {
  if (measure === "norm") return { top: 1, bottom: 0 };
  let top = 1;
  let bottom = 0;
  for (let at = 0; at < shares.values.length; at += shares.nSources) {
    let above = 0;
    let below = 0;
    for (let source = 0; source < shares.nSources; source++) {
      const value = shares.values[at + source] ?? 0;
      if (value > 0) above += value;
      else if (value < 0) below += value;
    }
    top = Math.max(top, above);
    bottom = Math.min(bottom, below);
  }
  return { top, bottom };
}

/** A source's shares at one position in every row, from the first layer to the last. */
export const courseOf = (shares: Shares, position: number, source: number): number[] =>
  Array.from({ length: shares.nRows }, (_, row) => cellOf(shares, row, position)[source] ?? NaN);

/** The sources by their |share| at a place, the largest first; those that are equal in the prompt's order. */
export function ranked(cell: ArrayLike<number>): number[] {
  const size = (source: number): number => Math.abs(cell[source] ?? 0) || 0;
  return Array.from({ length: cell.length }, (_, source) => source).sort((one, other) => size(other) - size(one) || one - other);
}
