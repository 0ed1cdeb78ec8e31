/**
 * graph/names/: the names of nodes, such that no two entries of a list read alike.
 *
 *     entries.ts (the entries of a list of nodes) -> distinct.ts (what tells rows apart) | places.ts (tokens at positions)
 */
import { nodeName, tokenAt, type GraphModel, type NodeName } from "../model/model";

const DIGITS = "₀₁₂₃₄₅₆₇₈₉";

/** 12 as "₁₂": a position that stands small behind its token. */
export const subscript = (value: number): string => Array.from(String(value), (digit) => DIGITS[Number(digit)] ?? digit).join("");

const counted = new WeakMap<GraphModel, Map<string, number>>();

/** How often each token of the prompt reads so; worked out once a graph. */
function occurrences(model: GraphModel): Map<string, number> {
  const known = counted.get(model);
  if (known) return known;
  const counts = new Map<string, number>();
  for (let position = 0; position < model.record.tokens.length; position++) {
    const token = tokenAt(model, position);
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  counted.set(model, counts);
  return counts;
}

/** The token at a position as it reads in a list, "of₃": with its position where the prompt has more than one of it. */
export function placeName(model: GraphModel, position: number): string {
  const token = tokenAt(model, position);
  return (occurrences(model).get(token) ?? 0) > 1 ? `${token}${subscript(position)}` : token;
}

/** A node's name as it reads in a list: a token of the prompt with its position where that is needed. */
export function listedName(model: GraphModel, node: number): NodeName {
  const { kind, position } = model.nodes;
  return kind[node] === "embedding" ? { text: placeName(model, position[node] ?? 0), isToken: true } : nodeName(model, node);
}
