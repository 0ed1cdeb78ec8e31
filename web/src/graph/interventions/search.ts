/** Features by what is written of them. */
import { featureName } from "../../shared/format";
import { tokenAt, type GraphModel } from "../model/model";
import { isTestable, type Subject } from "../model/testable";
import { entriesOf, entryText } from "../names/entries";

const MOST = 8;

/** The features whose label, layer and index, or token have all words of `text`; first the labels that several of them share. */
export function found(model: GraphModel, text: string): Subject[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const { nodes } = model;
  const hits = nodes.id.flatMap((_, node) => {
    if (!isTestable(model, node)) return [];
    const named = [nodes.label[node], featureName(nodes.layer[node] ?? 0, nodes.index[node] ?? 0), tokenAt(model, nodes.position[node] ?? 0)];
    const said = named.join(" ").toLowerCase();
    return words.every((word) => said.includes(word)) ? [node] : [];
  });
  hits.sort((a, b) => (nodes.cumulative_influence[a] ?? 1) - (nodes.cumulative_influence[b] ?? 1) || a - b);
  const byLabel = new Map<string, number[]>();
  for (const node of hits) {
    const label = nodes.label[node];
    if (label) byLabel.set(label, [...(byLabel.get(label) ?? []), node]);
  }
  const groups = [...byLabel].filter(([, members]) => members.length > 1).map(([name, members]) => ({ name, nodes: members }));
  const single = hits.slice(0, MOST);
  const names = entriesOf(model, single).map(entryText);
  return [...groups.slice(0, MOST), ...single.map((node, at) => ({ name: names[at] ?? "", nodes: [node] }))].slice(0, MOST);
}
