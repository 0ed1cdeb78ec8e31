/** The distinct nodes and relationships of rows, for a picture. */
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationLinkDatum, type SimulationNodeDatum } from "d3-force";
import type { ColumnType } from "./cells";
import { featureKeyAddress, featureKeyName, isFeatureKey, isNode, isPath, isRelationship, nodeKeyAddress, nodeKeyIn, nodeKeyName, nodeName, nodePlace, type NodeValue, type RelationshipValue } from "./keys";

export interface DrawnNode {
  id: string;
  text: string;
  /** By which it is coloured: a graph's node by its kind, any other by its label. */
  kind: string;
  href: string | null;
  /** Of a graph's node. */
  layer: number | null;
  position: number | null;
  nLinks: number;
}

export interface DrawnLink {
  source: string;
  target: string;
  text: string;
  /** Its sign colours it; null: it has none. */
  weight: number | null;
}

export interface Drawn {
  nodes: DrawnNode[];
  links: DrawnLink[];
  /** How many there are, drawn or not. */
  nNodes: number;
  nLinks: number;
}

/** More than these are no picture any more. */
export const MOST_NODES = 120;

class Collected {
  readonly nodes = new Map<string, DrawnNode>();
  readonly links = new Map<string, DrawnLink>();
  /** The engine's own ids, and what the nodes are known by here: rows may hold the keys of some. */
  private readonly known = new Map<string, string>();

  key(key: string, text: string | null): string {
    const node = nodeKeyIn(key);
    const before = this.nodes.get(key);
    if (before === undefined) {
      const name = text ?? (node ? nodeKeyName(key) : featureKeyName(key));
      const place = { layer: node?.layer ?? null, position: node?.position ?? null };
      this.nodes.set(key, { id: key, text: name, kind: node?.kind ?? "Feature", href: node ? nodeKeyAddress(key) : featureKeyAddress(key), ...place, nLinks: 0 });
    } else if (text !== null) before.text = text;
    return key;
  }

  node(value: NodeValue): string {
    const { key } = value.properties;
    const isKnown = typeof key === "string" && (nodeKeyIn(key) !== null || (value.labels.includes("Feature") && isFeatureKey(key)));
    const id = isKnown ? this.key(key, nodeName(value)) : value.id;
    this.known.set(value.id, id);
    if (!isKnown) this.nodes.set(id, { id, text: nodeName(value), kind: value.labels[0] ?? "", href: nodePlace(value), layer: null, position: null, nLinks: 0 });
    return id;
  }

  relationship({ relationship_type, source, target, properties }: RelationshipValue): void {
    const weight = typeof properties.weight === "number" ? properties.weight : null;
    this.link({ source, target, text: relationship_type, weight });
  }

  link(link: DrawnLink): void {
    this.links.set(`${link.source} ${link.target} ${link.text}`, link);
  }

  /** An end of a relationship; one that no row holds has no name but the engine's. */
  end(id: string): string {
    const known = this.known.get(id) ?? id;
    if (!this.nodes.has(known)) this.nodes.set(known, { id: known, text: known, kind: "", href: null, layer: null, position: null, nLinks: 0 });
    return known;
  }

  value(value: unknown): void {
    if (Array.isArray(value)) value.forEach((each) => this.value(each));
    else if (isNode(value)) this.node(value);
    else if (isRelationship(value)) this.relationship(value);
    else if (isPath(value)) {
      value.nodes.forEach((node) => this.node(node));
      value.relationships.forEach((one) => this.relationship(one));
    }
  }
}

/** The column whose text names what a column of keys holds: `labels` of `nodes`, `source_label` of `source`. */
const namingColumn = (columns: readonly string[], at: number): number => {
  const name = columns[at] ?? "";
  return columns.findIndex((one) => one === `${name}_label` || (name === "node" && one === "label") || (name === "nodes" && one === "labels"));
};

const textAt = (value: unknown): string | null => (typeof value === "string" && value.trim() !== "" ? value : null);

/** The nodes of a list of keys, linked in its order. */
function chain(all: Collected, ids: readonly string[], weight: number | null): void {
  ids.forEach((id, at) => {
    const next = ids[at + 1];
    if (next !== undefined && next !== id) all.link({ source: id, target: next, text: "", weight });
  });
}

function addRow(all: Collected, columns: readonly string[], types: readonly ColumnType[], row: readonly unknown[]): void {
  const along: Record<"node" | "feature", string[]> = { node: [], feature: [] };
  row.forEach((value, at) => {
    const type = types[at] ?? null;
    const naming = namingColumn(columns, at);
    const names = naming < 0 ? null : row[naming];
    if (typeof value === "string") {
      const kind = (type === null || type === "node") && nodeKeyIn(value) ? "node" : (type === null || type === "feature") && isFeatureKey(value) ? "feature" : null;
      if (kind !== null) along[kind].push(all.key(value, textAt(names)));
    } else if (Array.isArray(value) && value.length > 0 && value.every((each): each is string => typeof each === "string" && nodeKeyIn(each) !== null)) {
      chain(all, value.map((key, place) => all.key(key, Array.isArray(names) ? textAt(names[place]) : null)), null);
    } else all.value(value);
  });
  const weight = row[columns.indexOf("weight")];
  for (const ids of [along.node, along.feature]) chain(all, ids, typeof weight === "number" ? weight : null);
}

export function drawnOf(columns: readonly string[], types: readonly ColumnType[], rows: readonly (readonly unknown[])[]): Drawn {
  const all = new Collected();
  for (const row of rows) addRow(all, columns, types, row);
  const links = [...all.links.values()].map((link) => ({ ...link, source: all.end(link.source), target: all.end(link.target) }));
  const nodes = [...all.nodes.values()].slice(0, MOST_NODES);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const drawn = links.filter(({ source, target }) => byId.has(source) && byId.has(target));
  for (const end of drawn.flatMap(({ source, target }) => [source, target])) {
    const node = byId.get(end);
    if (node) node.nLinks += 1;
  }
  return { nodes, links: drawn, nNodes: all.nodes.size, nLinks: links.length };
}

/** Whether rows hold anything that can be drawn. */
export const hasDrawn = (columns: readonly string[], types: readonly ColumnType[], rows: readonly (readonly unknown[])[]): boolean =>
  rows.slice(0, 20).some((row) => drawnOf(columns, types, [row]).nNodes > 0);

export interface Placed {
  x: number;
  y: number;
}

interface Body extends SimulationNodeDatum {
  id: string;
}

/**
 * The places of the nodes in a box, the same each time. Nodes of graphs stand by their layers, from below, and by their
 * tokens, from the left; all others where links and room lead.
 */
export function places({ nodes, links }: Pick<Drawn, "nodes" | "links">, width: number, height: number): Map<string, Placed> {
  const span = (values: (number | null)[]): [least: number, range: number] => {
    const known = values.filter((value) => value !== null);
    const least = Math.min(...known);
    return known.length === 0 ? [0, 0] : [least, Math.max(...known) - least];
  };
  const [layer, layers] = span(nodes.map((node) => node.layer));
  const [position, positions] = span(nodes.map((node) => node.position));
  const part = (value: number | null, least: number, range: number): number | null => (value === null || range === 0 ? null : (value - least) / range);
  const aims = nodes.map((node) => ({ across: part(node.position, position, positions), up: part(node.layer, layer, layers) }));
  const bodies = nodes.map(({ id }, at): Body => {
    const aim = aims[at];
    const [x, y] = [width * (0.1 + 0.8 * (aim?.across ?? ((at * 0.618) % 1))), height * (0.9 - 0.8 * (aim?.up ?? ((at * 0.382) % 1)))];
    return { id, x, y };
  });
  const aimOf = ({ index = 0 }: Body) => aims[index];
  forceSimulation(bodies)
    .force("links", forceLink<Body, SimulationLinkDatum<Body>>(links.map(({ source, target }) => ({ source, target }))).id(({ id }) => id).distance(70).strength((link) => (aimOf(link.source as Body)?.up === null ? 0.5 : 0.05)))
    .force("room", forceManyBody().strength(-140).distanceMax(260))
    .force("apart", forceCollide(22))
    .force("across", forceX<Body>((body) => width * (0.1 + 0.8 * (aimOf(body)?.across ?? 0.5))).strength((body) => (aimOf(body)?.across === null ? 0.04 : 0.6)))
    .force("up", forceY<Body>((body) => height * (0.9 - 0.8 * (aimOf(body)?.up ?? 0.5))).strength((body) => (aimOf(body)?.up === null ? 0.06 : 0.6)))
    .stop()
    .tick(260);
  const inside = (value: number | undefined, most: number, edge: number): number => Math.min(most - edge, Math.max(edge, value ?? 0));
  return new Map(bodies.map(({ id, x, y }) => [id, { x: inside(x, width, 24), y: inside(y, height, 20) }]));
}
