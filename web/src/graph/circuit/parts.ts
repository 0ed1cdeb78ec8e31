/** The parts of a circuit: its supernodes, and the nodes that are pinned alone, with what is asked about them. */
import type { DrawnQuestion } from "../../api/types";
import { nodeName, type GraphModel } from "../model/model";
import { placeName } from "../names/places";
import { colourOf, placeOfNode, placeOfSupernode, type Work } from "../work/work";

export interface Part {
  /** What its place is kept by, and what links name as their end. */
  key: string;
  name: string;
  isToken: boolean;
  /** What stands under the name: "3 nodes · L18–24", "L20 · Dallas"; null: nothing. */
  note: string | null;
  /** Ordinals. */
  nodes: readonly number[];
  /** The supernode's name; null: a single node. */
  supernode: string | null;
  colour: number | null;
  /** Tokens stand at the bottom, logits on top, the rest between by their `layer`. */
  row: "tokens" | "between" | "logits";
  /** The means over its nodes. */
  layer: number;
  position: number;
  /** The members of an expanded supernode, which stand in its place; null: it is drawn as one. */
  members: readonly Part[] | null;
}

/** The parts of a work's circuit. */
export function circuitParts(model: GraphModel, work: Work): Part[] {
  const supernodes = work.supernodes.map((supernode): Part => {
    const { name, nodes } = supernode;
    const colour = colourOf(work, supernode);
    return {
      key: placeOfSupernode(name),
      name,
      isToken: false,
      note: `${nodes.length} node${nodes.length === 1 ? "" : "s"}${layersOf(model, nodes)}`,
      nodes,
      supernode: name,
      colour,
      row: rowOf(model, nodes),
      ...meansOf(model, nodes),
      members: work.expanded.includes(name) ? nodes.map((node) => ({ ...single(model, node), colour })) : null,
    };
  });
  return [...supernodes, ...work.pinned.map((node) => single(model, node))];
}

/** All parts that stand for themselves: those of expanded supernodes in place of these. */
export const standing = (parts: readonly Part[]): Part[] => parts.flatMap((part) => part.members ?? [part]);

/** What the server is asked about: expanded supernodes are asked about node by node. */
export function circuitBody({ nodes }: GraphModel, parts: readonly Part[]): Required<Pick<DrawnQuestion, "supernodes" | "pinned">> & { keys: string[] } {
  const ids = (part: Part): string[] => part.nodes.map((node) => nodes.id[node] ?? "");
  const all = standing(parts);
  const together = all.filter(({ supernode }) => supernode !== null);
  const alone = all.filter(({ supernode }) => supernode === null);
  return {
    supernodes: together.map((part) => ({ name: part.name, nodes: ids(part) })),
    pinned: alone.flatMap(ids),
    keys: [...together, ...alone].map(({ key }) => key),
  };
}

function single(model: GraphModel, node: number): Part {
  const { kind, layer, position, label } = model.nodes;
  const isToken = kind[node] === "embedding" || kind[node] === "logit";
  const name = kind[node] === "embedding" ? placeName(model, position[node] ?? 0) : nodeName(model, node).text;
  const at = placeName(model, position[node] ?? 0);
  return {
    key: placeOfNode(model, node),
    name,
    isToken,
    note: isToken ? null : label[node] ? `L${layer[node] ?? 0} · ${at}` : `at ${at}`,
    nodes: [node],
    supernode: null,
    colour: null,
    row: rowOf(model, [node]),
    ...meansOf(model, [node]),
    members: null,
  };
}

function rowOf({ nodes: { kind } }: GraphModel, nodes: readonly number[]): Part["row"] {
  if (nodes.every((node) => kind[node] === "embedding")) return "tokens";
  return nodes.every((node) => kind[node] === "logit") ? "logits" : "between";
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const meansOf = ({ nodes: { layer, position } }: GraphModel, nodes: readonly number[]): Pick<Part, "layer" | "position"> => ({
  layer: mean(nodes.map((node) => layer[node] ?? 0)),
  position: mean(nodes.map((node) => position[node] ?? 0)),
});

/** " · L18–24" of the feature nodes among these. */
function layersOf({ nodes: { kind, layer } }: GraphModel, nodes: readonly number[]): string {
  const layers = nodes.filter((node) => kind[node] === "feature").map((node) => layer[node] ?? 0);
  if (layers.length === 0) return "";
  const [least, most] = [Math.min(...layers), Math.max(...layers)];
  return ` · L${least}${most > least ? `–${most}` : ""}`;
}
