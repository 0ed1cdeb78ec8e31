/** The flow from positions through heads to the prediction, as it is laid out. */
import { sankey } from "d3-sankey";
import type { SankeyAnswer } from "../../../../api/types";

type Kind = SankeyAnswer["nodes"][number]["kind"];
const COLUMN: Record<Kind, 0 | 1 | 2> = { position: 0, "other positions": 0, head: 1, "other heads": 1, for: 2, against: 2 };

export interface FlowNode {
  /** Its place among the nodes, by which links name it. */
  readonly at: number;
  readonly kind: Kind;
  readonly column: 0 | 1 | 2;
  readonly value: number;
  readonly position: number | null;
  readonly layer: number | null;
  readonly head: number | null;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface FlowLink {
  readonly source: number;
  readonly target: number;
  readonly value: number;
  readonly supports: boolean;
  readonly width: number;
  /** The middle of the link at its source and at its target. */
  readonly from: number;
  readonly to: number;
}

export interface Flows {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
}

const WIDE = 14;
const PADDING = 12;

/** The height that a Sankey needs for its names to stand apart. */
export const heightOf = ({ nodes }: SankeyAnswer): number => {
  const most = Math.max(...[0, 1, 2].map((column) => nodes.filter(({ kind }) => COLUMN[kind] === column).length));
  return Math.max(260, 34 * most);
};

/** `margin`: pixels beside the outer columns, for their names. The nodes keep their order. */
export function laidOut({ nodes, links }: SankeyAnswer, width: number, height: number, margin: number): Flows {
  const layout = sankey<SankeyAnswer["nodes"][number], SankeyAnswer["links"][number]>()
    .nodeWidth(WIDE)
    .nodePadding(PADDING)
    .nodeSort(null)
    .nodeAlign(({ kind }) => COLUMN[kind])
    .extent([
      [margin, 6],
      [Math.max(margin + 3 * WIDE, width - margin), height - 6],
    ]);
  const { nodes: placed, links: drawn } = layout({ nodes: nodes.map((node) => ({ ...node })), links: links.map((link) => ({ ...link })) });
  return {
    // d3 writes a `layer` of its own, the column, over the head's, so only places are taken of its nodes.
    nodes: nodes.map(({ kind, value, position, layer, head }, at) => {
      const { x0 = 0, x1 = 0, y0 = 0, y1 = 0 } = placed[at] ?? {};
      return { at, kind, column: COLUMN[kind], value, position, layer, head, left: x0, right: x1, top: y0, bottom: y1 };
    }),
    links: links.map(({ source, target, value, supports }, at) => {
      const { width: wide = 0, y0 = 0, y1 = 0 } = drawn[at] ?? {};
      return { source, target, value, supports, width: wide, from: y0, to: y1 };
    }),
  };
}

/** A band between two nodes, level at both. */
export function path({ source, target, from, to }: FlowLink, nodes: readonly FlowNode[]): string {
  const [x0, x1] = [nodes[source]?.right ?? 0, nodes[target]?.left ?? 0];
  const middle = (x0 + x1) / 2;
  return `M${x0.toFixed(1)} ${from.toFixed(1)}C${middle.toFixed(1)} ${from.toFixed(1)} ${middle.toFixed(1)} ${to.toFixed(1)} ${x1.toFixed(1)} ${to.toFixed(1)}`;
}

export interface Sums {
  /** What comes in and goes out, for the prediction and against it. */
  readonly in: { readonly for: number; readonly against: number };
  readonly out: { readonly for: number; readonly against: number };
}

export function sums(at: number, links: readonly Pick<FlowLink, "source" | "target" | "value" | "supports">[]): Sums {
  const of = (end: "source" | "target", supports: boolean): number => links.filter((link) => link[end] === at && link.supports === supports).reduce((sum, { value }) => sum + value, 0);
  return { in: { for: of("target", true), against: of("target", false) }, out: { for: of("source", true), against: of("source", false) } };
}

/** The node to which a key leads: up and down its column, and along the widest link to the next column. */
export function nextNode(key: string, at: number, { nodes, links }: Flows): number | null {
  const node = nodes[at];
  if (!node) return null;
  if (key === "ArrowUp" || key === "ArrowDown") {
    const column = nodes.filter((each) => each.column === node.column);
    return column[column.findIndex((each) => each.at === at) + (key === "ArrowDown" ? 1 : -1)]?.at ?? null;
  }
  if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
  const [here, there] = key === "ArrowRight" ? (["source", "target"] as const) : (["target", "source"] as const);
  const widest = links.filter((link) => link[here] === at).reduce<FlowLink | null>((best, link) => (best !== null && best.value >= link.value ? best : link), null);
  return widest?.[there] ?? null;
}
