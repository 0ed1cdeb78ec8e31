import { describe, expect, it } from "vitest";
import type { NodesAnswer } from "../../../api/types";
import { fixtureNodes } from "../../../testing/fixture";
import { columnWidths, easedWidths } from "./columns";
import { layout, nodeWidths, type Frame, type Layout } from "./layout";
import { byInfluence } from "../prominence";

const frame: Frame = { width: 800, height: 600, margin: { top: 20, right: 10, bottom: 40, left: 50 } };

/** A column of features in one cell, beside a column with one embedding. */
function crowd(size: number): NodesAnswer {
  const all = <T>(first: T, rest: T): T[] => [first, ...Array.from({ length: size }, () => rest)];
  return {
    ...fixtureNodes(),
    id: Array.from({ length: size + 1 }, (_, node) => String(node)),
    kind: all("embedding", "feature"),
    layer: all(-1, 1),
    position: all(0, 1),
    index: Array.from({ length: size + 1 }, (_, node) => node),
    probability: all(null, null),
    // The last node is the strongest.
    cumulative_influence: Array.from({ length: size + 1 }, (_, node) => 1 - node / (size + 1)),
  };
}

/** The fixture with more logits in place of its one, of falling probabilities. */
function manyLogits(count: number): NodesAnswer {
  const nodes = fixtureNodes();
  const first = nodes.kind.indexOf("logit");
  const more = <T>(column: T[], of: (each: number) => T): T[] => [
    ...column.slice(0, first),
    ...Array.from({ length: count }, (_, each) => of(each)),
  ];
  return {
    ...nodes,
    id: more(nodes.id, (each) => `logit ${each}`),
    kind: more(nodes.kind, () => "logit"),
    layer: more(nodes.layer, () => 2),
    position: more(nodes.position, () => 2),
    index: more(nodes.index, (each) => each),
    probability: more(nodes.probability, (each) => 0.5 / (each + 1)),
    cumulative_influence: more(nodes.cumulative_influence, () => null),
  };
}

const laidOut = (nodes: NodesAnswer, nPositions: number, nLayers: number, within: Frame): Layout =>
  layout(nodes, byInfluence(nodes), nPositions, nLayers, within);

describe("columnWidths", () => {
  it("widens a column to its token, and takes that from the others alike", () => {
    expect(columnWidths([1, 1, 2], [40, 10, 10], 100)).toEqual([40, 20, 40]);
  });
  it("grows beyond the room where the columns need more, and gives each what it needs", () => {
    expect(columnWidths([1, 1], [70, 30], 80)).toEqual([70, 30]);
    expect(columnWidths([5, 1, 1], [10, 60, 60], 100)).toEqual([10, 60, 60]);
  });
});

describe("easedWidths", () => {
  it("gives the columns what they want where there is room, and never less than they need", () => {
    expect(easedWidths([10, 10], [30, 5], 100)).toEqual([30, 10]);
    expect(easedWidths([10, 10, 10], [30, 50, 5], 60)).toEqual([20, 30, 10]);
    expect(easedWidths([40, 40], [90, 90], 50)).toEqual([40, 40]);
  });
});

describe("layout", () => {
  it("puts layers on a true scale, embeddings at the bottom and logits at the top", () => {
    const places = laidOut(fixtureNodes(), 3, 2, frame);
    expect(places.y[0]).toBeCloseTo(560);
    expect(places.y[6]).toBeCloseTo(20);
    expect(places.y[2]).toBeCloseTo(380);
    expect(places.layerStep).toBeCloseTo(180);
  });
  it("keeps nodes inside their column, and columns inside the frame", () => {
    const nodes = fixtureNodes();
    const { x, columns } = laidOut(nodes, 3, 2, frame);
    nodes.id.forEach((_, node) => {
      const column = columns[nodes.position[node] ?? -1];
      expect(x[node]).toBeGreaterThan(column?.x0 ?? Infinity);
      expect(x[node]).toBeLessThan(column?.x1 ?? -Infinity);
    });
    expect(columns[0]?.x0).toBeCloseTo(50);
    expect(columns.at(-1)?.x1).toBeCloseTo(790);
  });
  it("gives a busy column room by the square root of its busiest layer", () => {
    const { columns } = laidOut(crowd(100), 2, 2, frame);
    const width = (at: number) => (columns[at]?.x1 ?? 0) - (columns[at]?.x0 ?? 0);
    expect(width(1) / width(0)).toBeCloseTo((1.5 + 10) / (1.5 + 1));
  });
  it("sets the nodes of a cell side by side, strongest first", () => {
    const { x, y } = laidOut(crowd(5), 2, 2, frame);
    expect(new Set(Array.from(y).slice(1)).size).toBe(1);
    for (let node = 2; node <= 5; node++) expect(x[node]).toBeLessThan(x[node - 1] ?? 0);
  });
  it("breaks a crowded cell into rows about its layer, without two nodes in one place", () => {
    const { x, y, layerY, layerStep } = laidOut(crowd(400), 2, 2, frame);
    const spots = new Set(Array.from(x, (each, node) => `${each.toFixed(1)} ${(y[node] ?? 0).toFixed(1)}`));
    expect(spots.size).toBe(401);
    for (const each of Array.from(y).slice(1)) expect(Math.abs(each - layerY(1))).toBeLessThan(layerStep / 2);
  });
  it("gives the same places for the same graph", () => {
    expect(laidOut(fixtureNodes(), 3, 2, frame).x).toEqual(laidOut(fixtureNodes(), 3, 2, frame).x);
  });
  it("gives a greater mark to a greater prominence, in the same place", () => {
    const nodes = fixtureNodes();
    const [small, large] = [0.2, 0.9].map((each) => layout(nodes, new Float32Array(7).fill(each), 3, 2, frame));
    expect(large?.x).toEqual(small?.x);
    for (const node of nodes.id.keys()) expect(large?.r[node]).toBeGreaterThan(small?.r[node] ?? Infinity);
  });
  it("keeps every logit in the frame, in lines of their own above the layers, the most probable first", () => {
    const nodes = manyLogits(10);
    const { x, y, layerY, layerStep, columns, r } = laidOut(nodes, 3, 2, { ...frame, height: 400 });
    const logits = nodes.id.flatMap((_, node) => (nodes.kind[node] === "logit" ? [node] : []));
    for (const node of logits) {
      expect(y[node]).toBeGreaterThanOrEqual(frame.margin.top);
      expect(y[node]).toBeLessThanOrEqual(layerY(1) - layerStep + 0.01);
      expect(x[node]).toBeGreaterThan(columns[2]?.x0 ?? Infinity);
      expect(x[node]).toBeLessThan(columns[2]?.x1 ?? 0);
      for (const other of logits) {
        if (other === node) continue;
        const apart = Math.hypot((x[node] ?? 0) - (x[other] ?? 0), (y[node] ?? 0) - (y[other] ?? 0));
        expect(apart).toBeGreaterThan((r[node] ?? 0) + (r[other] ?? 0));
      }
    }
    const top = logits.filter((node) => Math.abs((y[node] ?? 0) - frame.margin.top) < 0.01);
    expect(top).toContain(logits[0]);
    expect(nodes.probability[logits[0] ?? 0]).toBe(Math.max(...nodes.probability.map((each) => each ?? 0)));
  });
  it("is wider than its frame where the columns need it, and leaves the last one its width", () => {
    const nodes = manyLogits(10);
    const nPositions = 80;
    const least = nodeWidths(nodes, nPositions, 2, 500).names.map((width) => Math.max(width, 15));
    const places = layout(nodes, byInfluence(nodes), nPositions, 2, frame, least);
    expect(places.width).toBeGreaterThan(frame.width);
    const widths = places.columns.map(({ x0, x1 }) => x1 - x0);
    expect(Math.min(...widths)).toBeGreaterThanOrEqual(15 - 1e-6);
    expect(places.width).toBeCloseTo((places.columns.at(-1)?.x1 ?? 0) + frame.margin.right);
  });
  it("keeps the rows of a crowded cell apart in a column of the width that its nodes need", () => {
    const nodes = crowd(120);
    const [, least = 0] = nodeWidths(nodes, 2, 26, 500).crowds;
    const { x, y, r, layerStep } = layout(nodes, byInfluence(nodes), 2, 26, frame, [14, least]);
    for (let node = 1; node <= 120; node++) {
      expect(Math.abs((y[node] ?? 0) - (y[1] ?? 0))).toBeLessThan(layerStep);
      for (let other = 1; other < node; other++) {
        const apart = Math.hypot((x[node] ?? 0) - (x[other] ?? 0), (y[node] ?? 0) - (y[other] ?? 0));
        expect(apart).toBeGreaterThan(((r[node] ?? 0) + (r[other] ?? 0)) * 0.99);
      }
    }
  });
  it("draws the tokens of a long prompt smaller than a feature that matters", () => {
    const nodes = fixtureNodes();
    const sizes = new Float32Array(nodes.id.length).fill(0.5);
    const [short, long] = [3, 80].map((nPositions) => layout(nodes, sizes, nPositions, 2, { ...frame, width: 4000 }));
    expect(short?.r[0]).toBeGreaterThan(short?.r[2] ?? Infinity);
    expect(long?.r[0]).toBeLessThanOrEqual(long?.r[2] ?? 0);
  });
  it("stands a frame too small to draw in", () => {
    const { x, y } = laidOut(fixtureNodes(), 3, 2, { ...frame, width: 20, height: 20 });
    for (const each of [...x, ...y]) expect(Number.isFinite(each)).toBe(true);
  });
});

describe("nodes that are not drawn", () => {
  const nodes = crowd(60);
  const shows = Uint8Array.from(nodes.id, (_, node) => (node === 0 || node > 56 ? 1 : 0));
  const few = layout(nodes, byInfluence(nodes), 2, 2, frame, [], shows);
  const all = laidOut(nodes, 2, 2, frame);
  const width = ({ columns }: Layout) => (columns[1]?.x1 ?? 0) - (columns[1]?.x0 ?? 0);

  it("take no room, so that the others stand as in a graph of these alone", () => {
    expect(width(few)).toBeLessThan(width(all));
    const alone = laidOut(crowd(4), 2, 2, frame);
    expect([57, 58, 59, 60].map((node) => few.x[node])).toEqual([1, 2, 3, 4].map((node) => alone.x[node]));
    expect(few.r[60]).toBeGreaterThan(all.r[60] ?? 0);
  });
  it("stand among the drawn ones of their cell where they are selected, and widen no column", () => {
    const two = layout(nodes, byInfluence(nodes), 2, 2, frame, [], shows, [1, 2]);
    expect(two.columns).toEqual(few.columns);
    const row = [57, 58, 59, 60, 1, 2].map((node) => two.x[node] ?? 0).sort((a, b) => a - b);
    const steps = row.slice(1).map((x, at) => x - (row[at] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(5);
    expect(two.x[0]).toBe(few.x[0]);
  });
  it("have places all the same, each in its own cell", () => {
    const { x0, x1 } = few.columns[1] ?? { x0: 0, x1: 0 };
    const places = new Set<string>();
    for (let node = 1; node <= 56; node++) {
      expect(few.x[node]).toBeGreaterThanOrEqual(x0);
      expect(few.x[node]).toBeLessThanOrEqual(x1);
      expect(Math.abs((few.y[node] ?? 0) - few.layerY(1))).toBeLessThan(few.layerStep / 2);
      places.add(`${few.x[node]} ${few.y[node]}`);
    }
    expect(places.size).toBe(56);
  });
});
