/** What is to know of automatic groups, and of paths that are hidden, in words. */
import type { PathsAnswer } from "../../../api/types";
import { count, percent } from "../../../shared/format";

/** The sequences whose influence the server tells. */
const SEQUENCES = 10;

/**
 * In two parts: "12 automatic groups hold 38 %" and "of the influence in 10 sequences; shuffled groups of these sizes:
 * 26 %." Null where an answer has none.
 */
export function groupsLine({ auto, matching }: Pick<PathsAnswer, "auto" | "matching">): [first: string, rest: string] | null {
  if (!auto || auto.groups === 0 || auto.covered === null || !matching) return null;
  const beside =
    auto.shuffled_covered === null ? "" : `; shuffled groups of these sizes: ${percent(auto.shuffled_covered / matching, 0)}`;
  const groups = `${count(auto.groups)} automatic group${auto.groups === 1 ? " holds" : "s hold"}`;
  return [`${groups} ${percent(auto.covered / matching, 0)}`, `of the influence in ${SEQUENCES} sequences${beside}.`];
}

/** "Hidden: paths from <bos>, 15.3 % of the influence." Null where none are. */
export const hiddenLine = ({ hidden }: Pick<PathsAnswer, "hidden">, bos: string): string | null =>
  hidden === null ? null : `Hidden: paths from ${bos}, ${percent(hidden)} of the influence.`;
