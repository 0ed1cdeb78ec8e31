/** Token attribution as bars: by token or by word, and the heads that moved each from its place. */
import type { SankeyAnswer } from "../../../api/types";
import type { TokenSpan } from "../../model/pieces";
import type { Head } from "../inside";

export interface Bar extends TokenSpan {
  readonly value: number;
}

/** What each token adds, or each word's tokens together. */
export const barsOf = (attribution: readonly number[], spans: readonly TokenSpan[]): Bar[] =>
  spans.map((span) => ({ ...span, value: attribution.slice(span.first, span.last + 1).reduce((sum, value) => sum + value, 0) }));

export interface Moved {
  /** Null: all others together. */
  readonly head: Head | null;
  /** Signed: what it moved for the prediction. */
  readonly value: number;
}

/**
 * What heads moved from a word's positions for the prediction: of at most `most` heads, the largest |value| first, and of all others
 * together. Null where the Sankey has these positions among its others.
 */
export function movedFrom({ nodes, links }: SankeyAnswer, { first, last }: TokenSpan, most: number): Moved[] | null {
  const isOf = (place: number): boolean => {
    const position = nodes[place]?.position ?? null;
    return position !== null && position >= first && position <= last;
  };
  const known = nodes.filter((node, place) => node.kind === "position" && isOf(place));
  if (known.length === 0) return null;
  const sums = new Map<number, number>();
  for (const { source, target, value, supports } of links) {
    if (isOf(source)) sums.set(target, (sums.get(target) ?? 0) + (supports ? value : -value));
  }
  const all = [...sums].map(([place, value]): Moved => {
    const { layer = null, head = null } = nodes[place] ?? {};
    return { head: layer === null || head === null ? null : { layer, head }, value };
  });
  const heads = all.filter(({ head }) => head !== null).sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  const others = [...all.filter(({ head }) => head === null), ...heads.slice(most)];
  if (others.length === 0) return heads;
  return [...heads.slice(0, most), { head: null, value: others.reduce((sum, { value }) => sum + value, 0) }];
}

/** The most that integrated gradients may miss of what they are to add up to. */
export const MOST_MISSED = 0.01;
