/** The part of an example text around the token at which a feature is most active. */
import type { FeatureExample } from "../api/types";

/** Tokens shown before and after the most active one. */
const AROUND = { before: 12, after: 6 };

export interface Excerpt {
  /** The first token that is shown, and the one after the last. */
  begin: number;
  end: number;
  /** The most active token. */
  peak: number;
  /** Whether tokens are left out. */
  isCut: boolean;
}

/** A text of at most a few tokens more is shown whole. */
export function excerptOf({ tokens, activations }: FeatureExample): Excerpt {
  const peak = tokens.reduce((best, _, at) => ((activations[at] ?? 0) > (activations[best] ?? 0) ? at : best), 0);
  const begin = Math.max(0, peak - AROUND.before);
  const end = Math.min(tokens.length, peak + AROUND.after + 1);
  return { begin, end, peak, isCut: begin > 0 || end < tokens.length };
}

/** How strongly a token is tinted, 0 to 1: its activation over the largest of all examples. */
export const tintOf = (activation: number | undefined, most: number): number =>
  most > 0 ? Math.min(1, Math.max(0, activation ?? 0) / most) : 0;

/** The largest activation of all examples. */
export const mostActive = (examples: readonly FeatureExample[]): number =>
  examples.reduce((most, { activations }) => activations.reduce((high, each) => Math.max(high, each), most), 0);

/** A token as it stands in a text: with its spaces, on one line. */
export const inText = (token: string): string => token.replace(/▁/g, " ").replace(/\r?\n/g, "↵").replace(/\t/g, "⇥");
