/** The keys by which the database names things, and where on the page these stand. */
import type { FeatureName } from "../../api/client";
import { exactToken, featureName } from "../../shared/format";
import { collectionAddress, featureAddress, graphAddress, nodeAddress, savedQueryAddress } from "../../shared/router";

/** A node's key, `graph/kind/layer/position/index`; of attention with a site after it. */
const NODE = /^([^/\s]+)\/(embedding|feature|error|logit)\/(-?\d+)\/(\d+)\/(\d+)(?:\/(\w+))?$/;
/** A feature's key, `model/transcoder set/layer/index`, with a site after it; what is in the names is escaped. */
const FEATURE = /^([^/\s]*[^/\s\d][^/\s]*)\/([^/\s]+)\/(\d+)\/(\d+)(?:\/(\w+))?$/;
/** A graph's id, as this program makes them. */
const GRAPH = /^[0-9a-f]{32}$/;

export interface NodeKey {
  graph: string;
  kind: string;
  layer: number;
  position: number;
}

export function nodeKeyIn(text: string): NodeKey | null {
  const [, graph, kind, layer, position] = NODE.exec(text) ?? [];
  return graph === undefined || kind === undefined ? null : { graph, kind, layer: Number(layer), position: Number(position) };
}

/** Where a node stands, by its key: in its graph, selected. Null: it is no node's key. */
export function nodeKeyAddress(key: string): string | null {
  const node = nodeKeyIn(key);
  return node && nodeAddress(node.graph, key);
}

export const isFeatureKey = (text: string): boolean => FEATURE.test(text) && !NODE.test(text);
export const isGraphId = (text: string): boolean => GRAPH.test(text);

/** What a node's key is called: "L20 #44686", "token 7", "error L3", "logit". The place in its prompt comes after an @. */
export function nodeKeyName(key: string): string {
  const [, , kind, layer, position, index, site] = NODE.exec(key) ?? [];
  if (kind === "feature") return `${featureName(Number(layer), Number(index), site ?? null)} @${position ?? ""}`;
  if (kind === "embedding") return `token @${position ?? ""}`;
  return kind === "error" ? `error L${layer ?? ""} @${position ?? ""}` : `logit #${index ?? ""}`;
}

/** The key of a feature, as the database makes it: Python escapes more of a name than the browser does. */
export function featureKey({ model, transcoder_set: set, layer, index, site }: FeatureName): string {
  const [name, of] = [model, set].map((text) => encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`));
  return [name, of, layer, index, ...(site === null ? [] : [site])].join("/");
}

export function featureKeyName(key: string): string {
  const [, , , layer, index, site] = FEATURE.exec(key) ?? [];
  return featureName(Number(layer), Number(index), site ?? null);
}

export function featureKeyAddress(key: string): string | null {
  const [, model = "", set = "", layer, index, site] = FEATURE.exec(key) ?? [];
  try {
    return featureAddress({ model: decodeURIComponent(model), transcoder_set: decodeURIComponent(set), layer: Number(layer), index: Number(index), site: site ?? null });
  } catch {
    return null; // a % that escapes nothing
  }
}

export interface NodeValue {
  type: "node";
  id: string;
  labels: string[];
  properties: Record<string, unknown>;
}

export interface RelationshipValue {
  type: "relationship";
  id: string;
  relationship_type: string;
  source: string;
  target: string;
  properties: Record<string, unknown>;
}

export interface PathValue {
  type: "path";
  nodes: NodeValue[];
  relationships: RelationshipValue[];
}

const isOf = (value: unknown, type: string, ...fields: string[]): boolean =>
  typeof value === "object" && value !== null && "type" in value && value.type === type && fields.every((field) => field in value);

export const isNode = (value: unknown): value is NodeValue => isOf(value, "node", "id", "labels", "properties");
export const isRelationship = (value: unknown): value is RelationshipValue => isOf(value, "relationship", "relationship_type", "source", "target");
export const isPath = (value: unknown): value is PathValue => isOf(value, "path", "nodes", "relationships");

const textIn = (properties: Record<string, unknown>, name: string): string | null => {
  const value = properties[name];
  return typeof value === "string" && value !== "" ? value : null;
};

/** What a node of the database is called. */
export function nodeName({ labels, properties, id }: NodeValue): string {
  const key = textIn(properties, "key");
  const token = textIn(properties, "token");
  if (labels.includes("AttributionGraph")) return textIn(properties, "name") ?? textIn(properties, "prompt") ?? id;
  if (labels.includes("FeatureNode") || labels.includes("ErrorNode")) return textIn(properties, "label") ?? (key && nodeKeyIn(key) ? nodeKeyName(key) : id);
  if (token !== null && (labels.includes("EmbeddingNode") || labels.includes("LogitNode"))) return exactToken(token);
  if (labels.includes("Feature") && key && isFeatureKey(key)) return featureKeyName(key);
  return textIn(properties, "name") ?? textIn(properties, "text") ?? key ?? textIn(properties, "id") ?? id;
}

/** Where a node of the database stands on the page; null: nowhere of its own. */
export function nodePlace({ labels, properties }: NodeValue): string | null {
  const key = textIn(properties, "key");
  const [id, name] = [textIn(properties, "id"), textIn(properties, "name")];
  if (labels.includes("AttributionGraph")) return id && graphAddress(id);
  if (labels.includes("Collection")) return name && collectionAddress(name);
  if (labels.includes("Feature")) return key && featureKeyAddress(key);
  if (labels.includes("SavedQuery")) return name && savedQueryAddress(name);
  return key && nodeKeyAddress(key);
}
