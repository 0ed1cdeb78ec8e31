/** What one graph has of a row: a bar, its figures, and the way to it in the graph. */
import type { PathEffect } from "../../api/types";
import { percent } from "../../shared/format";
import { follow } from "../../shared/router";
import type { Side } from "../asked";
import { Badge } from "../Badge";
import "./Measure.css";

interface MeasureProps {
  side: Side;
  /** Where the row is in the graph. */
  href: string;
  /** What raises the target and what lowers it; null: the row has no sign. `size` is its influence. */
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
  const said = effect ? `${percent(effect.raising, 2)} for the target, ${percent(effect.lowering, 2)} against it` : percent(size, 2);
  return (
    <a className="measure" href={href} onClick={follow} title={`${said}${title && `\n${title}`}`} data-testid={`measure-${side}`}>
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
      <span className="measure-figures">
        {effect ? <Signed effect={effect} /> : percent(size, 2)}
      </span>
    </a>
  );
}

/** The share that flows, and what it adds to the logit; without the latter, the shares for and against. */
function Signed({ effect: { influence, raising, lowering, contribution } }: { effect: PathEffect }) {
  const net = contribution ?? raising - lowering;
  const className = net < 0 ? "measure-against" : "measure-for";
  const size = contribution === null ? percent(Math.abs(net), 2) : Math.abs(net).toFixed(2);
  return (
    <>
      <span>{percent(influence, 2)}</span>
      <span className={`measure-signed ${className}`}>
        {net < 0 ? "−" : "+"}
        {size}
        <span className="unseen">{contribution === null ? " on balance" : " logits"}</span>
      </span>
    </>
  );
}
