/** What an address, or another graph's page, asks for of heads, and the model does not have. */
import type { Selection } from "../model/selection";
import { headName, type Head, type Inside } from "./inside";
import { counted } from "./insideAddress";

export interface Lacking {
  inside: Inside;
  selection: Selection | null;
  /** As an address says it. */
  leftOut: string[];
}

/** What there is without it; null: the model has all. */
export function lacking(inside: Inside, selection: Selection | null, layers: number, heads: number): Lacking | null {
  const isIn = ({ layer, head }: Head) => layer < layers && head < heads;
  const leftOut: string[] = [];
  const there = counted(inside, layers, heads);
  const kept = <Item>(name: string, asked: readonly Item[] | null, found: readonly Item[] | null, text: (item: Item) => string) => {
    if (!asked || !found || asked.length === found.length) return asked;
    leftOut.push(`${name}=${asked.map(text).join(",")}`);
    return found.length > 0 ? found : null;
  };
  const shown = {
    ...inside,
    layers: kept("layers", inside.layers, there.layers, String),
    heads: kept("heads", inside.heads, there.heads, (head) => headName(head, inside.notation)),
  };
  const isSelected = selection?.kind !== "head" || isIn(selection);
  if (!isSelected) leftOut.push(`sel=head:${headName(selection, "dot")}`);
  return leftOut.length > 0 ? { inside: shown, selection: isSelected ? selection : null, leftOut } : null;
}
