/** Which rows of an answer a node is on. */
import type { PathsAnswer } from "../../api/types";

const known = new WeakMap<PathsAnswer, Map<string, number[]>>();

/** The ranks, from 0, of the rows that hold the node of an id; looked up once for an answer, when a node is first asked for. */
export function rowsHolding(answer: PathsAnswer, id: string): readonly number[] {
  let ranks = known.get(answer);
  if (!ranks) {
    ranks = new Map();
    known.set(answer, ranks);
    const rows = answer.groups?.map(({ sequence }) => sequence.flatMap(({ nodes }) => nodes)) ?? (answer.paths ?? []).map(({ nodes }) => nodes.map((node) => node.id));
    for (const [rank, ids] of rows.entries()) {
      for (const each of new Set(ids)) {
        const held = ranks.get(each);
        if (held) held.push(rank);
        else ranks.set(each, [rank]);
      }
    }
  }
  return ranks.get(id) ?? [];
}
