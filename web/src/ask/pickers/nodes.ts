/** The nodes and tokens of a graph as choices of a field. */
import type { Kind, NodesAnswer } from "../../api/types";
import { exactToken, featureName } from "../../shared/format";
import type { Choice } from "./Combo";

/** What a node is called, and where it is. */
function choiceOf(nodes: NodesAnswer, at: number): Choice {
  const token = exactToken(nodes.token[at] ?? "");
  const [layer, index, position] = [nodes.layer[at] ?? 0, nodes.index[at] ?? 0, nodes.position[at] ?? 0];
  const value = nodes.id[at] ?? "";
  switch (nodes.kind[at]) {
    case "embedding":
      return { value, text: token, detail: `token ${position}`, isToken: true };
    case "logit":
      return { value, text: nodes.label[at] ?? token, detail: "prediction", isToken: nodes.label[at] === null };
    case "error":
      return { value, text: `error L${layer}`, detail: `at ${token} (${position})` };
    default: {
      const name = featureName(layer, index, nodes.site[at]);
      const label = nodes.label[at];
      return { value, text: label ?? name, detail: [label ? name : "", `at ${token} (${position})`].filter(Boolean).join(" ") };
    }
  }
}

const ofKinds = (nodes: NodesAnswer, kinds: readonly Kind[] | null): number[] =>
  nodes.id.map((_, at) => at).filter((at) => kinds === null || kinds.includes(nodes.kind[at] ?? "feature"));

const has = ({ text, detail = "", value }: Choice, words: readonly string[]): boolean => {
  const all = `${text} ${detail} ${value}`.toLowerCase();
  return words.every((word) => all.includes(word));
};

const wordsOf = (sought: string): string[] => sought.toLowerCase().split(/\s+/).filter(Boolean);

/** The nodes of these kinds that have all words, predictions first, then those that matter most; and how many there are. */
export function nodeChoices(nodes: NodesAnswer, kinds: readonly Kind[] | null, sought: string, most: number): { choices: Choice[]; all: number } {
  const words = wordsOf(sought);
  const weight = (at: number): number => (nodes.kind[at] === "logit" ? 1 + (nodes.probability[at] ?? 0) : (nodes.node_influence[at] ?? 0));
  const found = ofKinds(nodes, kinds)
    .sort((a, b) => weight(b) - weight(a))
    .map((at) => choiceOf(nodes, at))
    .filter((choice) => has(choice, words));
  return { choices: found.slice(0, most), all: found.length };
}

/** The node of a key as a choice; null: the graph has none of it. */
export function nodeChoice(nodes: NodesAnswer, key: string): Choice | null {
  const at = nodes.id.indexOf(key);
  return at < 0 ? null : choiceOf(nodes, at);
}

/** The different tokens of the nodes of these kinds, in their order. */
export function tokenChoices(nodes: NodesAnswer, kinds: readonly Kind[] | null, sought: string): Choice[] {
  const words = wordsOf(sought);
  const tokens = new Map<string, Choice>();
  for (const at of ofKinds(nodes, kinds)) {
    const token = nodes.token[at] ?? "";
    const probability = nodes.kind[at] === "logit" ? (nodes.probability[at] ?? null) : null;
    const detail = probability === null ? `token ${nodes.position[at] ?? 0}` : `${(100 * probability).toFixed(1)} %`;
    const before = tokens.get(token);
    if (!before) tokens.set(token, { value: token, text: exactToken(token), detail, isToken: true });
    else if (probability === null) before.detail = `${before.detail ?? ""}, ${nodes.position[at] ?? 0}`;
  }
  return [...tokens.values()].filter((choice) => has(choice, words) || choice.value.trim().toLowerCase().includes(sought.trim().toLowerCase()));
}
