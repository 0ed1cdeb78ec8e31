/** The figures of the link under the pointer. */
import { percent, quantity } from "../../../shared/format";
import type { CircuitLink } from "./links";
import type { Part } from "../parts";
import "./LinkTip.css";

interface LinkTipProps {
  link: CircuitLink;
  parts: ReadonlyMap<string, Part>;
  /** What the question is about: "Austin". */
  target: string;
  x: number;
  y: number;
  isLeft: boolean;
}

export function LinkTip({ link, parts, target, x, y, isLeft }: LinkTipProps) {
  const { share, effect } = link;
  const to = parts.get(link.target);
  const from = parts.get(link.source);
  const balance = from && from.nodes.length > 1 ? " on balance" : "";
  const mean = to && to.nodes.length > 1 ? ", a mean over its nodes" : "";
  return (
    <div className={`link-tip${isLeft ? " to-left" : ""}`} style={{ left: x, top: y }} data-testid="link-tip">
      <div className="link-tip-ends">
        {from?.name} → {to?.name}
      </div>
      <div>
        {share < 0 ? "inhibits" : "excites"}: {percent(Math.abs(share))} of the input{balance}
        {mean}
      </div>
      {effect.influence > 0 && (
        <div className="muted">
          {percent(effect.influence)} of the influence on {target}: {percent(effect.raising)} raises it, {percent(effect.lowering)} lowers it
          {effect.contribution !== null && `; contribution ${quantity(effect.contribution)}`}
        </div>
      )}
    </div>
  );
}
