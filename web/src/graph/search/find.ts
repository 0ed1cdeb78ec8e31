/**
 * graph/search/: finds nodes by what they are called and where they are.
 *
 *     Search -> find.ts
 *
 * What is typed is cut into words, all of which a node must have:
 *
 *     L20, 20          a layer (a number alone also looks among ids and names)
 *     #44686, L20 #44686, 20/44686    ids, or how they begin
 *     feature, error, token, logit    kinds, and "embedding", "prediction"
 *     any other word   in the node's name: its label, its token, "L20 #44686"; or in the token at its position
 *
 * Nodes whose own names have all words come before those that stand at such a token; of each, what matters most first.
 */
import { featureName } from "../../shared/format";
import type { Kind } from "../../api/types";
import { nodeName, tokenAt, type GraphModel } from "../model/model";

/** What is known of each node, in lower case. */
export interface Index {
  names: readonly string[];
  /** The token at each node's position; "" for a logit, which follows it. */
  places: readonly string[];
  layers: readonly number[];
  kinds: readonly Kind[];
  /** Ids as text: a feature's index, a token's id. */
  ids: readonly string[];
  /** How much each matters; larger is more. */
  weight: ArrayLike<number>;
}

const KINDS: Record<string, Kind> = {
  feature: "feature",
  features: "feature",
  error: "error",
  errors: "error",
  embedding: "embedding",
  embeddings: "embedding",
  token: "embedding",
  tokens: "embedding",
  logit: "logit",
  logits: "logit",
  prediction: "logit",
  predictions: "logit",
};

/** `weight`: how much each node matters, by which what is found is ordered. */
export function indexOf(model: GraphModel, weight: ArrayLike<number>): Index {
  const { nodes } = model;
  const tokens = model.record.tokens.map((_, position) => tokenAt(model, position).toLowerCase());
  return {
    names: nodes.id.map((_, node) => {
      const name = nodeName(model, node).text;
      const isLabelled = nodes.kind[node] === "feature" && nodes.label[node];
      const id = isLabelled ? ` ${featureName(nodes.layer[node] ?? 0, nodes.index[node] ?? 0, nodes.site[node])}` : "";
      return `${name}${id}`.toLowerCase();
    }),
    places: nodes.position.map((position, node) => (nodes.kind[node] === "logit" ? "" : (tokens[position] ?? ""))),
    layers: nodes.layer,
    kinds: nodes.kind,
    ids: nodes.index.map(String),
    weight,
  };
}

/** Says of a node whether a word is of it: 2 its own, 1 its place's, 0 neither. */
type Test = (index: Index, node: number) => 0 | 1 | 2;

const own = (is: boolean): 0 | 2 => (is ? 2 : 0);

/** Features and errors have layers that a reader counts; a token's is before them all, a logit's behind. */
const isInLayer = ({ layers, kinds }: Index, node: number, layer: number): boolean =>
  layers[node] === layer && (kinds[node] === "feature" || kinds[node] === "error");

function testOf(word: string): Test {
  const inText: Test = ({ names, places }, node) => {
    if (names[node]?.includes(word)) return 2;
    return places[node]?.includes(word) ? 1 : 0;
  };
  const [, layer, id] = /^l?(\d{1,3})\/#?(\d*)$/.exec(word) ?? [];
  if (layer !== undefined) {
    return (index, node) => own(isInLayer(index, node, Number(layer)) && index.kinds[node] === "feature" && (index.ids[node] ?? "").startsWith(id ?? ""));
  }
  const [, only] = /^l(\d{1,3})$/.exec(word) ?? [];
  if (only !== undefined) return (index, node) => own(isInLayer(index, node, Number(only)));
  const [, begun] = /^#(\d+)$/.exec(word) ?? [];
  if (begun !== undefined) return (index, node) => own(index.kinds[node] !== "error" && (index.ids[node] ?? "").startsWith(begun));
  if (/^\d+$/.test(word)) {
    return (index, node) => {
      const isNumber = isInLayer(index, node, Number(word)) || (index.kinds[node] !== "error" && (index.ids[node] ?? "").startsWith(word));
      return isNumber ? 2 : inText(index, node);
    };
  }
  const kind = Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
  // A label or a token may be such a word, too.
  if (kind !== undefined) return (index, node) => (index.kinds[node] === kind ? 2 : inText(index, node));
  return inText;
}

/** The nodes that have all words of `text`, best first; none for no words. */
export function found(index: Index, text: string): number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const tests = words.map(testOf);
  // A label may hold the words next to each other, with what looks like an id among them: the text as a whole is tried, too.
  const whole = words.join(" ");
  const named: number[] = [];
  const placed: number[] = [];
  for (let node = 0; node < index.names.length; node++) {
    let least = 2;
    for (const test of tests) {
      least = Math.min(least, test(index, node));
      if (least === 0) break;
    }
    if (least === 2 || index.names[node]?.includes(whole)) named.push(node);
    else if (least === 1) placed.push(node);
  }
  const byWeight = (a: number, b: number): number => (index.weight[b] ?? 0) - (index.weight[a] ?? 0) || a - b;
  return [...named.sort(byWeight), ...placed.sort(byWeight)];
}
