/** What one graph has of a row: a bar, its figures, and the way to it in the graph. */
import type { PathEffect } from "../../api/types";
import { percent, quantity } from "../../shared/format";
import { follow } from "../../shared/router";
import type { Side } from "../asked";
import { Badge } from "../Badge";
import "./Measure.css";

interface MeasureProps {
  side: Side;
  /** Where the row is in the graph. */
  href: string;
  /** What raises the target and what lowers it; null: the row has no sign. */
  effect: PathEffect | null;
  /** Of the bar; null: not known. */
  size: number | null;
  /** The size of the longest bar. */
  most: number;
  /** More to say of it, to those who ask. */
  title?: string;
}

export function Measure({ side, href, effect, size, most, title = "" }: MeasureProps) {
  const length = most > 0 && size !== null ? Math.min(1, size / most) * 100 : 0;
  const said = effect ? `${percent(effect.raising, 2)} for, ${percent(effect.lowering, 2)} against` : percent(size, 2);
  const logits = effect?.contribution ?? null;
  const inLogits = logits === null ? "" : `; ${logits > 0 ? "+" : ""}${quantity(logits)} logits in all`;
  return (
    <a className="measure" href={href} onClick={follow} aria-label={`Graph ${side.toUpperCase()}: ${said}. Open there`} title={`${said}${inLogits}${title && `\n${title}`}`} data-testid={`measure-${side}`}>
      <Badge side={side} />
      <span className="measure-bar" aria-hidden="true">
        <span style={{ width: `${length}%` }}>
          {effect && size ? (
            <>
              <span className="measure-raising" style={{ width: `${(effect.raising / size) * 100}%` }} />
              <span className="measure-lowering" style={{ width: `${(effect.lowering / size) * 100}%` }} />
            </>
          ) : (
            <span className="measure-plain" />
          )}
        </span>
      </span>
      <span className="measure-figures" aria-hidden="true">
        {effect ? <Signed effect={effect} /> : percent(size, 2)}
      </span>
    </a>
  );
}

/** Shares that two digits of a percent would show as nothing. */
const LEAST = 0.00005;

function Signed({ effect }: { effect: PathEffect }) {
  const parts = [
    { sign: "+", className: "measure-for", share: effect.raising },
    { sign: "−", className: "measure-against", share: effect.lowering },
  ].filter(({ share }) => share >= LEAST);
  if (parts.length === 0) return <span>{percent(effect.influence, 2)}</span>;
  return (
    <>
      {parts.map(({ sign, className, share }, at) => (
        <span key={sign} className={className}>
          {sign}
          {(share * 100).toFixed(2)}
          {at === parts.length - 1 ? " %" : ""}
        </span>
      ))}
    </>
  );
}
