/** How a target's influence divides: what the list shows, and where the rest is. */
import type { PathsAnswer } from "../../api/types";

export type SegmentName = "shown" | "direct" | "other" | "unfit" | "errors" | "pruned" | "rest";

export interface Segment {
  name: SegmentName;
  /** Of the target's total absolute influence. */
  share: number;
}

export type Coverage = Pick<
  PathsAnswer,
  "total" | "matching" | "covered" | "direct" | "from_errors" | "pruned_away"
>;

/** Shares under this (0.05 %) are rounding, not a part to show. */
const NOTICEABLE = 0.0005;

/**
 * The parts in the order they are drawn. `direct` is apart from what is shown because the list asks for
 * paths of at least two links. Filters leave paths unfit: those that are neither direct nor matching. The rest
 * is what ends at nodes that are neither sources nor fed by any.
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
