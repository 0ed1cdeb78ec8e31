import { describe, expect, it } from "vitest";
import { fixtureModel, fixtureNodes } from "../../testing/fixture";
import { graphModel, linksOf, type GraphModel } from "../model/model";
import { byFlow, byOnward, byShare, differenceShares, linkFlow, onwardInfluence } from "./linkFlow";

const model = fixtureModel();
const AUSTIN = new Map([[6, 1]]);
const NONE = new Set<number>();

/** The flow through each node and along each link, by walking every path from a token to a target. */
function walked(of: GraphModel, ends: ReadonlyMap<number, number>, avoid: ReadonlySet<number>): { nodes: number[]; links: number[] } {
  const nodes = Array<number>(of.nNodes).fill(0);
  const links = Array<number>(of.nEdges).fill(0);
  const walk = (node: number, carried: number, visited: number[], used: number[]): void => {
    if (avoid.has(node)) return;
    const arrived = carried * (ends.get(node) ?? 0);
    if (arrived > 0 && used.length > 0) {
      [...visited, node].forEach((each) => (nodes[each] = (nodes[each] ?? 0) + arrived));
      used.forEach((edge) => (links[edge] = (links[edge] ?? 0) + arrived));
    }
    for (const edge of linksOf(of.outgoing, node)) {
      walk(of.edges.target[edge] ?? 0, carried * (of.edges.share[edge] ?? 0), [...visited, node], [...used, edge]);
    }
  };
  of.nodes.kind.forEach((kind, node) => kind === "embedding" && walk(node, 1, [], []));
  return { nodes, links };
}

/** A random graph of tokens, features, errors and two logits, its nodes in no order. */
function randomModel(seed: number): GraphModel {
  let state = seed;
  const draw = (most: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * most);
  };
  const rank = Array.from({ length: 12 }, (_, node) => (node * 5 + seed) % 12);
  const kinds = ["embedding", "embedding", "error", ...Array<string>(7).fill("feature"), "logit", "logit"];
  const kind = rank.map((place) => kinds[place] ?? "feature") as GraphModel["nodes"]["kind"];
  const columns = { source: [] as number[], target: [] as number[], weight: [] as number[], share: [] as number[] };
  rank.forEach((to, target) => {
    if (to < 3) return;
    const sources = rank.flatMap((from, source) => (from < to && from < 10 && draw(3) > 0 ? [source] : []));
    for (const source of sources) {
      columns.source.push(source);
      columns.target.push(target);
      columns.weight.push(draw(9) - 4.5);
      columns.share.push((1 + draw(9)) / 10 / sources.length);
    }
  });
  return graphModel(model.record, { ...fixtureNodes(), id: rank.map(String), kind, token: rank.map(String) }, { graph: "g", ...columns });
}

describe("the flow along a link", () => {
  it("is what paths through it carry from tokens to the targets", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const graph = randomModel(seed);
      const logits = graph.nodes.kind.flatMap((kind, node) => (kind === "logit" ? [node] : []));
      const ends = new Map(logits.map((node, at) => [node, at === 0 ? 0.75 : 0.25]));
      const avoid = new Set(graph.nodes.kind.flatMap((kind, node) => (kind === "feature" && node % 5 === seed % 5 ? [node] : [])));
      const { nodes, links } = walked(graph, ends, avoid);
      const flow = { through: nodes, onward: onwardInfluence(graph, graph.edges.share, ends, avoid), share: graph.edges.share };
      links.forEach((carried, edge) => expect(linkFlow(graph, flow, edge)).toBeCloseTo(carried, 10));
    }
  });
  it("adds up, over the links out of a node, to the node's own", () => {
    const flow = { through: walked(model, AUSTIN, NONE).nodes, onward: onwardInfluence(model, model.edges.share, AUSTIN, NONE), share: model.edges.share };
    const out = Array.from(linksOf(model.outgoing, 1), (edge) => linkFlow(model, flow, edge));
    expect(out.reduce((sum, each) => sum + each, 0)).toBeCloseTo(flow.through[1] ?? 0);
  });
});

describe("the shares of a difference of two logits", () => {
  it("are each node's difference over the sum of all, on one link of the node", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const graph = randomModel(seed);
      const [one = 0, other = 0] = graph.nodes.kind.flatMap((kind, node) => (kind === "logit" ? [node] : []));
      const share = differenceShares(graph, one, other);
      const into = (logit: number): Map<number, number> =>
        new Map(Array.from(linksOf(graph.incoming, logit), (edge) => [graph.edges.source[edge] ?? 0, graph.edges.weight[edge] ?? 0]));
      const [ofOne, ofOther] = [into(one), into(other)];
      const sources = [...new Set([...ofOne.keys(), ...ofOther.keys()])];
      const difference = (node: number) => Math.abs((ofOne.get(node) ?? 0) - (ofOther.get(node) ?? 0));
      const total = sources.reduce((sum, node) => sum + difference(node), 0);
      for (const node of sources) {
        const links = Array.from(linksOf(graph.outgoing, node)).filter((edge) => [one, other].includes(graph.edges.target[edge] ?? 0));
        const along = links.map((edge) => share[edge] ?? 0);
        expect(along.reduce((sum, each) => sum + each, 0)).toBeCloseTo(difference(node) / total);
        expect(along.filter((each) => each > 0).length).toBeLessThanOrEqual(1);
      }
      graph.edges.share.forEach((stored, edge) => {
        if (![one, other].includes(graph.edges.target[edge] ?? 0)) expect(share[edge]).toBe(stored);
      });
    }
  });
});

describe("the order of links", () => {
  const flow = { through: walked(model, AUSTIN, NONE).nodes, onward: onwardInfluence(model, model.edges.share, AUSTIN, NONE), share: model.edges.share };

  it("is by share of the input into a node", () => {
    expect(byShare(model, linksOf(model.incoming, 6))).toEqual([6, 5, 7]);
  });
  it("is by what they lead on to out of a node, whatever their share", () => {
    // 1 -> 2 is all of 2's input and leads on to 1/4 + 3/4 of 1/2 of Austin's; 1 -> 4 is half of 4's and leads on to 1/4.
    expect(byOnward(model, flow, linksOf(model.outgoing, 1))).toEqual([0, 3]);
    // 2 -> 3 is 3/4 of 3's input, 2 -> 6 only 1/4 of Austin's: 3/8 of Austin's runs on along the first.
    expect(byOnward(model, flow, linksOf(model.outgoing, 2))).toEqual([1, 5]);
  });
  it("has last, by share, those that lead to no target", () => {
    const none = { ...flow, onward: new Float64Array(model.nNodes) };
    expect(byOnward(model, none, linksOf(model.outgoing, 2))).toEqual([1, 5]);
    const around = { ...flow, onward: onwardInfluence(model, model.edges.share, AUSTIN, new Set([3])) };
    expect(byOnward(model, around, linksOf(model.outgoing, 2))).toEqual([5, 1]);
  });
  it("tells an error's links apart, which have no flow", () => {
    expect(linkFlow(model, flow, 4)).toBe(0);
    expect(flow.onward[5]).toBeCloseTo(0.5 * 0.25);
  });
});

describe("byFlow", () => {
  it("lists nodes by what they carry, in their own order where that is not known", () => {
    expect(byFlow([2, 3, 4], [0, 0, 0.1, 0.3, 0.2])).toEqual([3, 4, 2]);
    expect(byFlow([2, 3, 4], null)).toEqual([2, 3, 4]);
  });
});
