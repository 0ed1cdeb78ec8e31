/**
 * graph/model/: a graph as the drawing and the panels read it.
 *
 *     lit.ts (the nodes and links of a ranked row) | budget.ts (which nodes are drawn) -> model.ts (the API's columns, the links of a node, names)
 *     -> tokens.ts (how tokens are written) -> pieces.ts (tokens that are pieces of characters);  origin.ts (where labels are from)
 */
import type { EdgesAnswer, GraphAnswer, NodesAnswer } from "../../api/types";
import { featureName, type TokenWriter } from "../../shared/format";
import { isInferred } from "../../shared/labels/origin";
import { tokensOf } from "./tokens";
import type { TokenSpan } from "./pieces";

/** Links by node: node `i` has the links `edge[start[i]]` to `edge[start[i + 1] - 1]`. */
export interface Adjacency {
  start: Uint32Array;
  edge: Uint32Array;
}

export interface GraphModel {
  record: GraphAnswer;
  nodes: NodesAnswer;
  edges: EdgesAnswer;
  nNodes: number;
  nEdges: number;
  /** A node's index into the columns, by its id. */
  ordinalOf: Map<string, number>;
  incoming: Adjacency;
  outgoing: Adjacency;
  writeToken: TokenWriter;
  /** The tokens of the prompt as they are written, those that spell a character together as one. */
  tokenSpans: readonly TokenSpan[];
}

function adjacency(ends: readonly number[], nNodes: number): Adjacency {
  const start = new Uint32Array(nNodes + 1);
  for (const node of ends) start[node + 1] = (start[node + 1] ?? 0) + 1;
  for (let node = 0; node < nNodes; node++) start[node + 1] = (start[node + 1] ?? 0) + (start[node] ?? 0);
  const next = start.slice();
  const edge = new Uint32Array(ends.length);
  ends.forEach((node, at) => {
    const place = next[node] ?? 0;
    edge[place] = at;
    next[node] = place + 1;
  });
  return { start, edge };
}

export function graphModel(record: GraphAnswer, nodes: NodesAnswer, edges: EdgesAnswer): GraphModel {
  const nNodes = nodes.id.length;
  const { writeToken, spans } = tokensOf(record, nodes);
  return {
    record,
    nodes,
    edges,
    nNodes,
    nEdges: edges.source.length,
    ordinalOf: new Map(nodes.id.map((id, ordinal) => [id, ordinal])),
    incoming: adjacency(edges.target, nNodes),
    outgoing: adjacency(edges.source, nNodes),
    writeToken,
    tokenSpans: spans,
  };
}

/** The same graph with its nodes read again, which may have other labels. */
export const renamed = (model: GraphModel, nodes: NodesAnswer): GraphModel => ({ ...model, nodes });

/** The end of a node's id, which the same node has in every graph with the same prompt: without the graph's own id. */
export const idEnd = ({ record }: Pick<GraphModel, "record">, id: string): string =>
  id.startsWith(`${record.id}/`) ? id.slice(record.id.length + 1) : id;

/** The same of a node by its ordinal. */
export const nodeEnd = (model: Pick<GraphModel, "record" | "nodes">, node: number): string => idEnd(model, model.nodes.id[node] ?? "");

/** The ordinals of nodes by their ids; ids that the graph does not have are left out. */
export const ordinalsOf = ({ ordinalOf }: Pick<GraphModel, "ordinalOf">, ids: readonly string[]): number[] =>
  ids.map((id) => ordinalOf.get(id)).filter((node) => node !== undefined);

/** The links of a node in one direction, as indices into the edge columns. */
export function linksOf(links: Adjacency, node: number): Uint32Array {
  return links.edge.subarray(links.start[node] ?? 0, links.start[node + 1] ?? 0);
}

/** A node's name, and whether it is a token (which is written in monospace). */
export interface NodeName {
  text: string;
  isToken: boolean;
  /** Whether the label is borrowed or made, which a reader should see. */
  isInferred?: boolean;
}

export function nodeName(model: GraphModel, node: number): NodeName {
  const { nodes } = model;
  const layer = nodes.layer[node] ?? 0;
  switch (nodes.kind[node]) {
    case "embedding":
    case "logit":
      return { text: tokenOf(model, node), isToken: true };
    case "error":
      return { text: sourceName(layer, nodes.site[node] ?? null), isToken: false };
    default: {
      const label = nodes.label[node];
      if (!label) return { text: featureName(layer, nodes.index[node] ?? 0, nodes.site[node]), isToken: false };
      return { text: label, isToken: false, ...(isInferred(nodes.label_origin[node]?.source) && { isInferred: true }) };
    }
  }
}

/** "L3 error", "L3 attn error"; of a source that is no error "L3 bias-attn". */
export const sourceName = (layer: number, site: string | null): string =>
  ["L" + String(layer), site, site === null || site === "attn" ? "error" : null].filter(Boolean).join(" ");

/** A node's own token, as the page writes it. */
export function tokenOf({ nodes, writeToken }: GraphModel, node: number): string {
  const { kind, position, index, token } = nodes;
  return writeToken(token[node] ?? "", {
    kind: kind[node] ?? "feature",
    position: position[node] ?? null,
    index: index[node] ?? null,
  });
}

/** The token at a position, as the page writes it. */
export const tokenAt = (model: GraphModel, position: number): string =>
  model.writeToken(model.record.tokens[position] ?? "", { kind: "embedding", position, index: null });

/** A node's layer in words: "layer 20", "layer 20, attention", "input", "output". */
export function layerName(model: GraphModel, node: number): string {
  const kind = model.nodes.kind[node];
  if (kind === "embedding") return "input";
  if (kind === "logit") return "output";
  return `layer ${model.nodes.layer[node] ?? 0}${isOfAttention(model.nodes, node) ? ", attention" : ""}`;
}

/** Whether a node belongs to the attention of its layer, which comes before the MLP. */
export const isOfAttention = ({ site }: Pick<NodesAnswer, "site">, node: number): boolean =>
  /^(bias-)?attn/.test(site[node] ?? "");

/** The `limit` links with the largest shares of their targets' input, strongest first. */
export function strongest(model: GraphModel, links: Uint32Array, limit: number): number[] {
  const share = model.edges.share;
  return Array.from(links)
    .sort((a, b) => (share[b] ?? 0) - (share[a] ?? 0) || a - b)
    .slice(0, limit);
}

/** The logit that the graph's file calls its target, as it is written; null where it is the most probable one. */
export function fileTarget(model: GraphModel): string | null {
  const [first, ...others] = logitsOf(model);
  const { is_target_logit: isTarget } = model.nodes;
  if (first === undefined || isTarget[first]) return null;
  const named = others.find((node) => isTarget[node]);
  return named === undefined ? null : tokenOf(model, named);
}

/** The logit nodes, the most probable first. */
export function logitsOf({ nodes }: GraphModel): number[] {
  const logits = nodes.id.flatMap((_, node) => (nodes.kind[node] === "logit" ? [node] : []));
  return logits.sort((a, b) => (nodes.probability[b] ?? 0) - (nodes.probability[a] ?? 0));
}
