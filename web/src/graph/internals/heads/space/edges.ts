/** Edges from heads to later heads. */
import type { HeadEdgesAnswer } from "../../../../api/types";
import type { Head } from "../../inside";

export interface HeadEdge {
  readonly source: Head;
  readonly target: Head;
  readonly weight: number;
  /** The parts of the weight that go through the target's queries, keys and values. */
  readonly query: number;
  readonly key: number;
  readonly value: number;
}

/** More lines cannot be told apart. */
export const MOST_EDGES = 200;
/** How many may be chosen, and the number at first. */
export const NUMBERS_OF_EDGES = [25, 50, 100];
export const EDGES_AT_FIRST = 50;

export const edgesOf = ({ edges }: HeadEdgesAnswer): HeadEdge[] =>
  edges.map(({ source_layer, source_head, target_layer, target_head, weight, query, key, value }) => ({
    source: { layer: source_layer, head: source_head },
    target: { layer: target_layer, head: target_head },
    weight,
    query,
    key,
    value,
  }));

export const isSame = (a: Head | null, b: Head | null): boolean => a !== null && b !== null && a.layer === b.layer && a.head === b.head;

export const touches = ({ source, target }: HeadEdge, head: Head | null): boolean => isSame(source, head) || isSame(target, head);

/** Those of a head first, each part the largest |weight| first. */
export const listed = (edges: readonly HeadEdge[], head: Head | null): HeadEdge[] =>
  [...edges].sort((a, b) => Number(touches(b, head)) - Number(touches(a, head)) || Math.abs(b.weight) - Math.abs(a.weight));
