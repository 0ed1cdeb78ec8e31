/** The part of effects on a graph's logits that a question is about. */
import type { PredictionAnswer } from "../../../api/types";

type Target = PredictionAnswer["predicted"]["targets"][number];

/** What a question is about, by the ids of logits: null is the graph's own target, and no other to tell it apart from. */
export interface Aim {
  target: string | null;
  ratherThan: string | null;
}

export interface EffectOn {
  /** The place of the target in the list of logits. */
  at: number;
  /** The logit that it is told apart from; null: none. */
  other: Target | null;
  /** Its part of effects, one for each of the logits. */
  of: (effects: readonly number[]) => number;
}

export function effectOn(targets: readonly Target[], { target, ratherThan }: Aim): EffectOn {
  const at = Math.max(
    0,
    targets.findIndex(({ key }) => key === target),
  );
  const apart = targets.findIndex(({ key }) => key === ratherThan);
  return {
    at,
    other: targets[apart] ?? null,
    of: (effects) => (effects[at] ?? 0) - (apart < 0 ? 0 : (effects[apart] ?? 0)),
  };
}
