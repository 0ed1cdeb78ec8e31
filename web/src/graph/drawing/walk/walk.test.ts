import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../../testing/fixture";
import { walk, type Ahead, type Direction } from "./walk";

const model = fixtureModel();
const all = (): boolean => true;
const step = (from: number, direction: Direction, isDrawn: (node: number) => boolean = all, ahead: Ahead | null = null) =>
  walk(model, isDrawn, from, direction, ahead);

describe("walk", () => {
  it("goes down to the strongest input, over its link", () => {
    expect(step(6, "input")).toEqual({ node: 3, edge: 6 });
    expect(step(3, "input")).toEqual({ node: 2, edge: 1 });
    expect(step(2, "input")).toEqual({ node: 1, edge: 0 });
    expect(step(1, "input")).toBeNull();
  });
  it("goes up to what the node leads on to most; by share where that is not known", () => {
    expect(step(2, "output")).toEqual({ node: 3, edge: 1 });
    const ahead = { share: model.edges.share, onward: [0, 0, 0, 0.1, 0.25, 0, 1] };
    expect(step(2, "output", all, ahead)).toEqual({ node: 6, edge: 5 });
    expect(step(6, "output")).toBeNull();
  });
  it("passes over nodes that are not drawn", () => {
    expect(step(6, "input", (node) => node !== 3)).toEqual({ node: 2, edge: 5 });
    expect(step(3, "input", (node) => node !== 2)).toEqual({ node: 0, edge: 2 });
    expect(step(1, "output", (node) => node > 4)).toBeNull();
  });
  it("goes sideways through the cells of a layer", () => {
    expect(step(3, "next")).toEqual({ node: 4, edge: null });
    expect(step(4, "previous")).toEqual({ node: 3, edge: null });
    expect(step(0, "next")).toEqual({ node: 1, edge: null });
    expect(step(0, "previous")).toBeNull();
    expect(step(1, "next")).toBeNull();
    expect(step(2, "next")).toEqual({ node: 5, edge: null });
    expect(step(2, "next", (node) => node !== 5)).toBeNull();
  });
  it("goes through a cell's own nodes first, the strongest being the first of it", () => {
    const nodes = { ...model.nodes, position: [...model.nodes.position] };
    nodes.position[4] = 1; // beside node 3, which matters more
    const crowded = { ...model, nodes };
    expect(walk(crowded, all, 3, "next")?.node).toBe(4);
    expect(walk(crowded, all, 3, "previous")).toBeNull();
  });
  it("goes up and down the layers of a position", () => {
    expect(step(1, "higher")).toEqual({ node: 2, edge: null });
    expect(step(2, "higher")).toEqual({ node: 3, edge: null });
    expect(step(3, "higher")).toBeNull();
    expect(step(6, "lower")).toEqual({ node: 4, edge: null });
    expect(step(6, "lower", (node) => node !== 4)).toEqual({ node: 5, edge: null });
  });
  it("starts from a node that is not drawn itself", () => {
    const isDrawn = (node: number): boolean => node !== 2;
    expect(step(2, "higher", isDrawn)?.node).toBe(3);
    expect(step(2, "next", isDrawn)?.node).toBe(5);
  });
});
