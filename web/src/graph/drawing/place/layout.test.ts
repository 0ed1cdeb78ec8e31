import { describe, expect, it } from "vitest";
import type { NodesAnswer } from "../../../api/types";
import { fixtureNodes } from "../../../testing/fixture";
import { columnWidths, layout, type Frame, type Layout } from "./layout";
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

const laidOut = (nodes: NodesAnswer, nPositions: number, nLayers: number, within: Frame): Layout =>
  layout(nodes, byInfluence(nodes), nPositions, nLayers, within);

describe("columnWidths", () => {
  it("widens a column to its token, and takes that from the others alike", () => {
    expect(columnWidths([1, 1, 2], [40, 10, 10], 100)).toEqual([40, 20, 40]);
  });
  it("leaves tokens to be cut where they would take all the room", () => {
    expect(columnWidths([1, 1], [70, 10], 80)).toEqual([40, 40]);
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
  it("stands a frame too small to draw in", () => {
    const { x, y } = laidOut(fixtureNodes(), 3, 2, { ...frame, width: 20, height: 20 });
    for (const each of [...x, ...y]) expect(Number.isFinite(each)).toBe(true);
  });
});
