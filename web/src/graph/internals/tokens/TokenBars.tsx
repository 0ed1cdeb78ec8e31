/** The prompt's tokens as they are read, each with its bar above or below a line, and its figure. */
import { useEffect, useRef } from "react";
import { quantity } from "../../../shared/format";
import { useRoving } from "../../../shared/hooks/useRoving";
import type { Pointed } from "../pointed";
import type { Bar } from "./attributed";
import "./TokenBars.css";

interface TokenBarsProps {
  bars: readonly Bar[];
  /** The first position of the token whose predictions are shown. */
  chosen: number;
  /** The position whose prediction is explained. */
  predicted: number;
  pointed: Pointed;
  onChoose: (position: number) => void;
}

export function TokenBars({ bars, chosen, predicted, pointed, onChoose }: TokenBarsProps) {
  const list = useRef<HTMLDivElement>(null);
  const roving = useRoving(
    bars.map(({ first }) => String(first)),
    String(chosen),
  );
  const values = bars.map(({ value }) => value);
  const [top, bottom] = [Math.max(0, ...values), Math.max(0, ...values.map((value) => -value))];
  const whole = top + bottom || 1;

  useEffect(() => {
    const mark = () => {
      for (const cell of list.current?.querySelectorAll<HTMLElement>("[data-first]") ?? []) {
        const [first, last] = [Number(cell.dataset.first), Number(cell.dataset.last)];
        const { query = null, key = null } = pointed.at ?? {};
        cell.toggleAttribute(
          "data-hovered",
          [query, key].some((position) => position !== null && position >= first && position <= last),
        );
      }
    };
    mark();
    return pointed.subscribe(mark);
  }, [pointed, bars]);
  useEffect(() => () => pointed.set(null), [pointed]);

  return (
    <div
      ref={list}
      className="token-bars"
      // The part of a bar's room that is above the line
      style={{ "--token-bars-zero": `${(100 * top) / whole}%` } as React.CSSProperties}
      role="toolbar"
      aria-label="Tokens of the prompt"
      data-testid="token-bars"
      {...roving.bar}
    >
      {bars.map(({ first, last, text, value }) => {
        const part = `${(100 * Math.abs(value)) / whole}%`;
        const place = first === last ? `position ${first}` : `positions ${first} to ${last}`;
        const over = () => pointed.set({ query: null, key: first });
        return (
          <button
            key={first}
            type="button"
            className={first <= predicted && predicted <= last ? "token-bars-one is-predicted" : "token-bars-one"}
            aria-pressed={first === chosen}
            title={place}
            data-first={first}
            data-last={last}
            data-value={value}
            data-testid="token-bar"
            {...roving.button(String(first))}
            onPointerEnter={over}
            onPointerLeave={() => pointed.set(null)}
            onFocus={over}
            onBlur={() => pointed.set(null)}
            onClick={() => onChoose(last)}
          >
            <span className="token-bars-room" aria-hidden="true">
              <span className={value < 0 ? "token-bars-bar is-against" : "token-bars-bar"} style={{ height: part }} />
            </span>
            <span className="token token-bars-text">{text}</span>
            <span className="unseen">, {place}, </span>
            <span className="figure token-bars-figure">{quantity(value)}</span>
          </button>
        );
      })}
    </div>
  );
}
