/** What a supernode of some nodes is called unless its maker says otherwise. */
import { nodeName, type GraphModel } from "../model/model";

/** The name that most of the nodes have, the first of as many; "~ " of made names stays away. */
export function commonName(model: GraphModel, nodes: readonly number[]): string {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const name = nodeName(model, node).text.replace(/^~ /, "").trim();
    if (name !== "") counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0] ?? "Group";
}
