/** The effect of a row's paths on the target, in words and as parts of its bar. */
import type { PathEffect } from "../../api/types";
import { percent, quantity } from "../../shared/format";

/** Paths lower the target on balance where their contribution is negative; without one, where more influence lowers it. */
export const lowersTarget = ({ contribution, raising, lowering }: PathEffect): boolean =>
  contribution === null ? lowering > raising : contribution < 0;

/** "+" or "−". */
export const effectSign = (effect: PathEffect): string => (lowersTarget(effect) ? "−" : "+");

/** "Lowers the target: contribution −1.56. 0.2 % of the influence raises it, 1.3 % lowers it." */
export function effectText(effect: PathEffect): string {
  const verb = lowersTarget(effect) ? "Lowers" : "Raises";
  const size = effect.contribution === null ? "" : `: contribution ${quantity(effect.contribution)}`;
  const mixed = effect.raising > 0 && effect.lowering > 0;
  const parts = `${percent(effect.raising, 2)} of the influence raises it, ${percent(effect.lowering, 2)} lowers it`;
  return `${verb} the target${size}.${mixed ? ` ${parts}.` : ""}`;
}

/** The part of the influence along raising paths, 0 to 1. */
export const raisingPart = ({ raising, lowering }: PathEffect): number =>
  raising + lowering > 0 ? raising / (raising + lowering) : 1;
