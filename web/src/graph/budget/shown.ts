/** How much of a graph is drawn, in words. */
import { count, counted } from "../../shared/format";
import type { GraphModel } from "../model/model";

/** "118 of 322 nodes shown; 128 features and 76 errors hidden", "All 322 nodes shown". */
export function shownText({ nodes }: Pick<GraphModel, "nodes">, hidden: readonly number[]): string {
  const all = nodes.id.length;
  if (hidden.length === 0) return `All ${count(all)} nodes shown`;
  const said = (["feature", "error", "embedding", "logit"] as const).flatMap((kind) => {
    const number = hidden.filter((node) => nodes.kind[node] === kind).length;
    return number > 0 ? [counted(number, kind)] : [];
  });
  return `${count(all - hidden.length)} of ${count(all)} nodes shown; ${said.join(" and ")} hidden`;
}
