/** The parts of a target's influence: the share in the list, and the shares elsewhere. */
import type { PathsAnswer } from "../../api/types";

export type SegmentName = "shown" | "direct" | "other" | "unfit" | "errors" | "pruned" | "rest";

export interface Segment {
  name: SegmentName;
  /** Share of the target's total absolute influence. */
  share: number;
}

export type Coverage = Pick<
  PathsAnswer,
  "total" | "matching" | "covered" | "direct" | "from_errors" | "pruned_away"
>;

/** A smaller share (under 0.05 %) is rounding. */
const NOTICEABLE = 0.0005;

/**
 * The parts in the order in which they are drawn. `direct` is never in the list, which asks for paths of at least
 * two links. `unfit` paths are neither direct nor matching: a filter leaves them out. `rest` ends at nodes that are
 * no sources and have no inputs.
 */
export function segments(answer: Coverage): Segment[] {
  const matching = answer.matching ?? answer.total - answer.direct;
  const pruned = answer.pruned_away ?? 0;
  const parts: Segment[] = [
    { name: "shown", share: answer.covered },
    { name: "direct", share: answer.direct },
    { name: "other", share: matching - answer.covered },
    { name: "unfit", share: answer.total - answer.direct - matching },
    { name: "errors", share: answer.from_errors },
    { name: "pruned", share: pruned },
    { name: "rest", share: 1 - answer.total - answer.from_errors - pruned },
  ];
  return parts.filter((part) => part.name === "shown" || part.share > NOTICEABLE);
}

type Meanings = Record<SegmentName, { name: string; title: string }>;

const MEANINGS: Meanings = {
  shown: { name: "shown", title: "Carried by the paths in this list" },
  direct: { name: "direct", title: "Straight from a token to the prediction, through no feature" },
  other: { name: "other paths", title: "Paths from tokens that are not in this list" },
  unfit: { name: "filtered out", title: "Paths from tokens that do not fit the filters" },
  errors: { name: "errors", title: "Starts at error nodes: what the transcoders do not explain" },
  pruned: { name: "pruned away", title: "Was in the whole trace, and is not in the pruned graph" },
  rest: { name: "unaccounted", title: "Ends inside the graph, at nodes that have lost their inputs" },
};

/** The meaning of `other` while filters are set. */
const OTHERS_THAT_FIT = { name: "others that fit", title: "Paths from tokens that fit the filters and are not in this list" };

/** The name and the meaning of each part of an answer. */
export const meanings = (parts: readonly Segment[]): Meanings =>
  parts.some((part) => part.name === "unfit") ? { ...MEANINGS, other: OTHERS_THAT_FIT } : MEANINGS;
