/** The parts of a target's influence: the shares in the lists, and the shares elsewhere. */
import type { PathsAnswer } from "../../../api/types";
import type { PageQuestion } from "../../question/question";

export type SegmentName = "raising" | "lowering" | "direct" | "other" | "unfit" | "errors" | "pruned" | "rest" | "elsewhere";

export interface Segment {
  name: SegmentName;
  /** Share of the target's total absolute influence. */
  share: number;
}

export interface Coverage extends Pick<PathsAnswer, "total" | "matching" | "direct" | "from_errors" | "pruned_away"> {
  /** Carried by listed paths that raise the target, and by listed paths that lower it. */
  raising: number;
  lowering: number;
  /** Whether lists have links from a source straight to the target, too. */
  listsDirect: boolean;
  /** Whether paths begin at all tokens; other sources may come after errors, and after tokens. */
  fromTokens: boolean;
}

/** The coverage of lists that have no path in common: both sides of one question. */
export function coverageOf([first, ...others]: readonly PathsAnswer[], { minLength, source }: Pick<PageQuestion, "minLength" | "source">): Coverage | null {
  if (!first) return null;
  const effects = [first, ...others].flatMap(({ groups, paths }) => [...(groups ?? []), ...(paths ?? [])].map(({ effect }) => effect));
  return {
    ...first,
    listsDirect: minLength === 1,
    fromTokens: source.length === 0,
    raising: effects.reduce((sum, { raising }) => sum + raising, 0),
    lowering: effects.reduce((sum, { lowering }) => sum + lowering, 0),
  };
}

/** The share of the influence in the lists. */
export const covered = ({ raising, lowering }: Coverage): number => raising + lowering;

/** A smaller share (under 0.05 %) is rounding. */
const NOTICEABLE = 0.0005;

/**
 * The parts in the order in which they are drawn. `direct` is in no list that asks for paths of at least two links.
 * `unfit` paths are neither direct nor matching: a filter leaves them out. `rest` ends at nodes that are no sources and
 * have no inputs. What does not come from chosen sources is `elsewhere`, whatever it begins at.
 */
export function segments(answer: Coverage): Segment[] {
  const direct = answer.listsDirect ? 0 : answer.direct;
  const matching = answer.matching ?? answer.total - direct;
  const pruned = answer.pruned_away ?? 0;
  const others: Segment[] = answer.fromTokens
    ? [
        { name: "errors", share: answer.from_errors },
        { name: "pruned", share: pruned },
        { name: "rest", share: 1 - answer.total - answer.from_errors - pruned },
      ]
    : [{ name: "elsewhere", share: 1 - answer.total }];
  const parts: Segment[] = [
    { name: "raising", share: answer.raising },
    { name: "lowering", share: answer.lowering },
    { name: "direct", share: direct },
    { name: "other", share: matching - covered(answer) },
    { name: "unfit", share: answer.total - direct - matching },
    ...others,
  ];
  return parts.filter((part) => part.share > NOTICEABLE);
}

type Meanings = Record<SegmentName, { name: string; title: string }>;

const MEANINGS: Meanings = {
  raising: { name: "raising", title: "Carried by listed paths that raise the target" },
  lowering: { name: "lowering", title: "Carried by listed paths that lower the target" },
  direct: { name: "direct", title: "Straight from a source to the target, through no feature" },
  other: { name: "other paths", title: "Paths from the sources that are not listed" },
  unfit: { name: "filtered out", title: "Paths from the sources that do not fit the filters" },
  errors: { name: "errors", title: "Starts at error nodes: what the transcoders do not explain" },
  pruned: { name: "pruned away", title: "Was in the whole trace, and is not in the pruned graph" },
  elsewhere: { name: "from elsewhere", title: "Does not come from the sources that are asked for" },
  rest: { name: "lost inputs", title: "Starts inside the graph, at nodes that have lost their inputs" },
};

/** The meaning of `other` while filters are set. */
const OTHERS_THAT_FIT = { name: "others that fit", title: "Paths that fit the filters and are not listed" };

/** The name and the meaning of each part of an answer. */
export const meanings = (parts: readonly Segment[]): Meanings =>
  parts.some((part) => part.name === "unfit") ? { ...MEANINGS, other: OTHERS_THAT_FIT } : MEANINGS;
