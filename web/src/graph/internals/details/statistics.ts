/** What is known of one head, in the order and the words in which its details say it. */
import type { InternalsAnswer } from "../../../api/types";
import { percent, quantity } from "../../../shared/format";
import type { Head } from "../inside";
import { valuesOf } from "../numbers";

export interface Statistic {
  name: string;
  title: string;
  /** What it means, to whoever asks. */
  help: string;
  write: (value: number) => string;
}

const share = (value: number): string => percent(value);
const inLogits = (value: number): string => `${quantity(value)} logits`;

export const STATISTICS: readonly Statistic[] = [
  { name: "attribution", title: "attribution", help: "Its output times the gradient of what is attributed: above 0 it is for the target", write: inLogits },
  { name: "ablation", title: "lost by ablation", help: "What is attributed, less the same with the head’s output set to 0: the model’s own answer, for which attribution is no substitute", write: inLogits },
  { name: "direct_logit", title: "direct part", help: "What it writes into the last residual stream, without what later layers make of it", write: inLogits },
  { name: "carried", title: "carried of the graph", help: "The sum of |weight| that it carried of the graph’s links as their last head", write: quantity },
  { name: "entropy", title: "entropy", help: "How widely it looks: 0 where each query looks at one key", write: (value) => `${quantity(value)} nats` },
  { name: "normalised_entropy", title: "of the widest", help: "Its entropy as a share of the entropy of a head that looks at all keys alike", write: share },
  { name: "max_attention", title: "largest attention", help: "Of each query, and of that the mean", write: share },
  { name: "mean_distance", title: "looks back by", help: "The mean distance from query to key, by attention", write: (value) => `${quantity(value)} tokens` },
  { name: "previous_token", title: "previous token", help: "The mean attention from a query to the token before it", write: share },
  { name: "first_token", title: "first token", help: "The mean attention to the first token", write: share },
  { name: "induction", title: "induction", help: "On random tokens that come twice: the mean attention to the token after the same one before. Of the model, whatever the prompt", write: share },
  { name: "duplicate_token", title: "duplicate token", help: "On random tokens that come twice: the mean attention to the same token before. Of the model, whatever the prompt", write: share },
];

export interface Known {
  name: string;
  title: string;
  help: string;
  text: string;
}

/** The statistics of a head that there are. A head's statistic may be unknown, of which "–" is said. */
export function statisticsOf({ maps, n_heads: heads }: Pick<InternalsAnswer, "maps" | "n_heads">, { layer, head }: Head): Known[] {
  return STATISTICS.flatMap(({ name, title, help, write }) => {
    const map = maps[name];
    if (map === undefined) return [];
    const value = valuesOf(map).values[layer * heads + head] ?? NaN;
    return [{ name, title, help, text: Number.isFinite(value) ? write(value) : "–" }];
  });
}
