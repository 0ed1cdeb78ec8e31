/** What computing a prompt's internals takes, what was computed, and what its checks found, in words. */
import type { CostAnswer, InternalsAnswer, InternalsPart } from "../../../api/types";
import { counted, seconds } from "../../../shared/format";

export const PART_WORDS: Record<InternalsPart, string> = {
  attention: "attention patterns and their statistics",
  logits: "logit attribution by component and by cell",
  heads: "attribution of heads, and edges between them",
  tokens: "attribution of tokens, by integrated gradients",
  flow: "information flow by token",
  loadings: "heads that carried the graph’s links",
};
export const PARTS = Object.keys(PART_WORDS) as InternalsPart[];

export const TOWARDS_WORDS: Record<NonNullable<InternalsAnswer["parameters"]["towards"]>, string> = {
  predictions: "each position’s most probable next token",
  target: "the target, at every position",
  difference: "the difference of target and other token, at every position",
};

/** "It runs the model on the prompt’s 11 tokens. The last prompt of this model took 0.60 s at 11 tokens." */
export function costText({ n_tokens: tokens, seconds: took, of_tokens: ofTokens }: CostAnswer): string {
  const before = took === null || ofTokens === null ? "" : ` The last prompt of this model took ${seconds(took)} at ${counted(ofTokens, "token")}.`;
  return `It runs the model on the prompt’s ${counted(tokens, "token")}.${before}`;
}

/** Why the parts that a tab shows are not there; null: it has something to show. */
export function whyMissing({ parts, missing }: Pick<InternalsAnswer, "parts" | "missing">, shows: readonly InternalsPart[]): string | null {
  if (shows.some((part) => parts.includes(part))) return null;
  const [first] = shows;
  return first === undefined ? null : (missing[first] ?? "It was not among what was computed.");
}

/** What each check compares, by its name in the record. Each error is relative, and should be about as large as float32 rounds. */
const CHECKS: Record<string, string> = {
  writes: "each layer’s input and writes against its output",
  scores: "softmax of the scores against the patterns",
  projection: "heads’ outputs through the output projection against what attention writes",
  logits: "the sum of all components against the logit",
  heads: "a head’s sources against its attribution",
  head_edges: "what a head hands on against its attribution",
  direct_logit: "direct parts of the logit against the logit",
  ablation: "heads ablated together against one alone",
  completeness: "token attribution against what the prompt changes",
  completeness_defect: "token attribution, the sum of its intervals’ defects",
  flow: "the sum of all sources against the residual stream",
  flow_shares: "signed shares against 1",
  loadings_weights: "the links’ weights, replayed, against the graph’s",
  loadings_sums: "direct part, heads and rest against the link’s weight",
};

export const checkText = (name: string): string => CHECKS[name] ?? name.replaceAll("_", " ");
