import { describe, expect, it } from "vitest";
import type { SankeyAnswer } from "../../../../api/types";
import { heightOf, laidOut, nextNode, sums, type Flows } from "./flows";

const position = (at: number): SankeyAnswer["nodes"][number] => ({ kind: "position", value: 0, position: at, layer: null, head: null });
const head = (layer: number, of: number): SankeyAnswer["nodes"][number] => ({ kind: "head", value: 0, position: null, layer, head: of });
const end = (kind: "for" | "against" | "other heads" | "other positions"): SankeyAnswer["nodes"][number] => ({ kind, value: 0, position: null, layer: null, head: null });

/** A flow as the server makes it: what enters a head, for and against, leaves it. `flow[head][position]`. */
function sankeyOf(flow: readonly (readonly number[])[], heads: SankeyAnswer["nodes"]): SankeyAnswer {
  const nPositions = flow[0]?.length ?? 0;
  const nodes = [...Array.from({ length: nPositions - 1 }, (_, at) => position(at)), end("other positions"), ...heads, end("for"), end("against")];
  const links: SankeyAnswer["links"] = [];
  flow.forEach((row, at) => {
    const target = nPositions + at;
    row.forEach((value, source) => value !== 0 && links.push({ source, target, value: Math.abs(value), supports: value > 0 }));
    for (const supports of [true, false]) {
      const value = row.reduce((sum, each) => sum + (each > 0 === supports ? Math.abs(each) : 0), 0);
      if (value > 0) links.push({ source: target, target: nodes.length - (supports ? 2 : 1), value, supports });
    }
  });
  return { nodes, links };
}

const small = sankeyOf(
  [
    [2, -1, 0.5],
    [-4, 0, 0.001],
    [0, 3, -0.25],
  ],
  [head(0, 2), head(25, 7), end("other heads")],
);
/** Of 10 positions and 12 heads with their others, as large as it gets. */
const large = sankeyOf(
  Array.from({ length: 13 }, (_, row) => Array.from({ length: 11 }, (_each, column) => Math.sin(1 + 7 * row + 3 * column) ** 3)),
  [...Array.from({ length: 12 }, (_, at) => head(2 * at, at)), end("other heads")],
);

/** The widths of the links at a node's side, which must fill it. */
const widthAt = ({ links }: Flows, side: "source" | "target", at: number): number => links.filter((link) => link[side] === at).reduce((sum, { width }) => sum + width, 0);

describe.each([
  ["small", small],
  ["large", large],
])("a %s Sankey", (_, given) => {
  const flows = laidOut(given, 640, heightOf(given), 110);
  it("is conserved at every node: what enters leaves, and both fill its height", () => {
    for (const { at, column, top, bottom } of flows.nodes) {
      const { in: into, out } = sums(at, flows.links);
      if (column === 1) {
        expect(into.for).toBeCloseTo(out.for, 9);
        expect(into.against).toBeCloseTo(out.against, 9);
      }
      if (column < 2) expect(widthAt(flows, "source", at)).toBeCloseTo(bottom - top, 6);
      if (column > 0) expect(widthAt(flows, "target", at)).toBeCloseTo(bottom - top, 6);
    }
  });
  it("draws every link as wide as its value, in one measure", () => {
    const [first] = flows.links;
    for (const { width, value } of flows.links) expect(width / value).toBeCloseTo((first?.width ?? 0) / (first?.value ?? 1), 6);
  });
  it("keeps the nodes' order, columns and names, within the picture", () => {
    flows.nodes.forEach((node, at) => {
      expect([node.kind, node.layer, node.head, node.position]).toEqual([given.nodes[at]?.kind, given.nodes[at]?.layer, given.nodes[at]?.head, given.nodes[at]?.position]);
      expect(node.top).toBeGreaterThanOrEqual(0);
      expect(node.bottom).toBeLessThanOrEqual(heightOf(given));
      const above = flows.nodes.filter((each) => each.column === node.column && each.at < at).at(-1);
      if (above) expect(node.top).toBeGreaterThan(above.bottom);
    });
    expect(new Set(flows.nodes.map(({ column, left }) => `${column} ${left}`)).size).toBe(3);
  });
  it("leaves what it was given as it was", () => {
    expect(Object.keys(given.nodes[0] ?? {}).sort()).toEqual(["head", "kind", "layer", "position", "value"]);
    expect(typeof given.links[0]?.source).toBe("number");
  });
});

describe("the arrow keys", () => {
  const flows = laidOut(small, 640, 300, 110);
  it("go up and down a column, and along the widest link across", () => {
    expect(nextNode("ArrowDown", 0, flows)).toBe(1);
    expect(nextNode("ArrowUp", 0, flows)).toBeNull();
    expect(nextNode("ArrowRight", 0, flows)).toBe(4); // -4 to the second head
    expect(nextNode("ArrowRight", 4, flows)).toBe(7); // against
    expect(nextNode("ArrowLeft", 5, flows)).toBe(1);
    expect(nextNode("ArrowRight", 7, flows)).toBeNull();
    expect(nextNode("Enter", 0, flows)).toBeNull();
  });
});
