/** testing/: what tests share. A graph small enough to work by hand, its paths, and the scores as the server lists them. */
import type { EdgesAnswer, GraphAnswer, Kind, NodesAnswer, PathNode, RankedPath } from "../api/types";
import { graphModel, type GraphModel } from "../graph/model/model";
import type { Score } from "../graph/question/scores";

type NodeRow = [kind: Kind, layer: number, position: number, index: number, label: string | null, cumulative: number | null];

const TOKENS = ["<bos>", " Dallas", " is"];

/**
 * Two embeddings, three features (two of them "Texas"), an error and a logit:
 *
 *     0 <bos>, 1 Dallas;  2 Texas (L0), 3 Texas (L1), 4 unlabelled (L1);  5 error (L0);  6 Austin
 */
const NODES: NodeRow[] = [
  ["embedding", -1, 0, 2, null, 0.1],
  ["embedding", -1, 1, 7, null, 0.2],
  ["feature", 0, 1, 11, "Texas", 0.3],
  ["feature", 1, 1, 12, "Texas", 0.5],
  ["feature", 1, 2, 13, null, 0.8],
  ["error", 0, 2, 0, null, 0.7],
  ["logit", 2, 2, 99, null, null],
];

/** [source, target, weight, share] */
const EDGES: [number, number, number, number][] = [
  [1, 2, 2, 1],
  [2, 3, 1, 0.75],
  [0, 3, -1 / 3, 0.25],
  [1, 4, 1, 0.5],
  [5, 4, 1, 0.5],
  [2, 6, 1, 0.25],
  [3, 6, 2, 0.5],
  [4, 6, -1, 0.25],
];

export const key = (node: number): string => {
  const row = NODES[node];
  if (!row) throw new Error(`The fixture has no node ${node}.`);
  const [kind, layer, position, index] = row;
  return `g/${kind}/${layer}/${position}/${index}`;
};

const token = ([kind, , position]: NodeRow): string => (kind === "logit" ? " Austin" : (TOKENS[position] ?? ""));

export function fixtureNodes(): NodesAnswer {
  return {
    graph: "g",
    id: NODES.map((_, node) => key(node)),
    kind: NODES.map(([kind]) => kind),
    layer: NODES.map(([, layer]) => layer),
    position: NODES.map(([, , position]) => position),
    index: NODES.map(([, , , index]) => index),
    token: NODES.map(token),
    label: NODES.map(([, , , , label]) => label),
    label_origin: NODES.map(([, , , , label]) => (label === null ? null : { source: "graph", by: null, graph: null })),
    site: NODES.map(() => null),
    activation: NODES.map(([kind]) => (kind === "feature" ? 1 : null)),
    probability: NODES.map(([kind]) => (kind === "logit" ? 0.5 : null)),
    is_target_logit: NODES.map(([kind]) => kind === "logit"),
    node_influence: NODES.map(() => null),
    cumulative_influence: NODES.map(([, , , , , cumulative]) => cumulative),
    supernodes: [],
    contributors: [],
  };
}

function fixtureEdges(): EdgesAnswer {
  return {
    graph: "g",
    source: EDGES.map(([source]) => source),
    target: EDGES.map(([, target]) => target),
    weight: EDGES.map(([, , weight]) => weight),
    share: EDGES.map(([, , , share]) => share),
  };
}

export function fixtureModel(): GraphModel {
  const record = {
    id: "g",
    prompt: "<bos> Dallas is",
    tokens: TOKENS,
    n_layers: 2,
    n_nodes: NODES.length,
    n_edges: EDGES.length,
    default_group_by: "auto",
    trace_id: null,
  } as GraphAnswer;
  return graphModel(record, fixtureNodes(), fixtureEdges());
}

export function fixturePath(nodes: number[]): RankedPath {
  const columns = fixtureNodes();
  return {
    score: 0.5,
    effect: { influence: 0.5, raising: 0.5, lowering: 0, contribution: null },
    length: nodes.length - 1,
    nodes: nodes.map(
      (node): PathNode => ({
        id: key(node),
        kind: columns.kind[node] ?? "feature",
        layer: columns.layer[node] ?? 0,
        position: columns.position[node] ?? 0,
        index: columns.index[node] ?? 0,
        site: null,
        token: columns.token[node] ?? "",
        label: columns.label[node] ?? null,
        label_origin: columns.label_origin[node] ?? null,
        activation: columns.activation[node] ?? null,
      }),
    ),
    edges: nodes.slice(1).map(() => ({ weight: 1, share: 1 })),
  };
}

const TRAITS: Pick<Score, "name" | "join" | "signed" | "is_share">[] = [
  { name: "influence", join: "product", signed: false, is_share: true },
  { name: "contribution", join: "product", signed: true, is_share: false },
  { name: "mean_weight", join: "mean", signed: false, is_share: false },
  { name: "bottleneck", join: "minimum", signed: false, is_share: false },
];

export const fixtureScores = (): Score[] =>
  TRAITS.map((traits) => ({
    ...traits,
    grouped: traits.join === "product",
    definition: "",
    unit: "",
    sign: "",
    order: "",
    meaning: "",
  }));
