/** The effect of a row's paths on the target, in words and as parts of its bar. */
import type { PathEffect } from "../../api/types";
import { percent, quantity } from "../../shared/format";
import { lowers, type Score } from "../question/scores";

/**
 * Whether a row's paths lower the target on balance: of the score where it has a sign, else of their influence, by
 * which the server tells the two sides apart.
 */
export const lowersTarget = (score: Score, value: number, { raising, lowering }: PathEffect): boolean =>
  score.signed ? lowers(score, value) : lowering > raising;

/** "Lowers the target: 0.20 % of the influence raises it, 1.30 % lowers it, net −1.10 %. Contribution −1.56." */
export function effectText(effect: PathEffect, isLowering: boolean): string {
  const verb = isLowering ? "Lowers" : "Raises";
  const mixed = effect.raising > 0 && effect.lowering > 0;
  const net = effect.raising - effect.lowering;
  const parts =
    `${percent(effect.raising, 2)} of the influence raises it, ${percent(effect.lowering, 2)} lowers it, ` +
    `net ${net < 0 ? "−" : "+"}${percent(Math.abs(net), 2)}`;
  const contribution = effect.contribution === null ? "" : ` Contribution ${quantity(effect.contribution)}.`;
  return `${verb} the target${mixed ? `: ${parts}` : ""}.${contribution}`;
}

/** The part of the influence along raising paths, 0 to 1. */
export const raisingPart = ({ raising, lowering }: PathEffect): number =>
  raising + lowering > 0 ? raising / (raising + lowering) : 1;
