/**
 * graph/strip/: the prompt's tokens and the predictions, above everything.
 *
 *     TokenStrip -> fold.ts (runs with nothing to show)
 */
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type WheelEvent } from "react";
import { percent } from "../../shared/format";
import { hasChosenTargets } from "../../shared/Prediction";
import { useRoving } from "../../shared/hooks/useRoving";
import type { Hover } from "../model/hover";
import { logitsOf, type GraphModel } from "../model/model";
import type { TokenSpan } from "../model/pieces";
import { entriesOf, entryText } from "../names/entries";
import { occupied, pieces, positionsOf } from "./fold";
import "./TokenStrip.css";

interface TokenStripProps {
  model: GraphModel;
  /** For each node 1 where it is drawn. */
  shows: ArrayLike<number>;
  /** The nodes that stand out, whose tokens are never folded. */
  chosen: readonly number[];
  /** The positions of selected tokens. */
  selected: readonly number[];
  /** The logit that the question asks for. */
  target: number;
  /** The id of the logit that it is told apart from, or null. */
  ratherThan: string | null;
  /** The positions of the tokens that paths are asked to begin at. */
  sources: readonly number[];
  hover: Hover;
  /** The pointer or the focus is on the token at a position; null: it has left. */
  onPoint: (position: number | null) => void;
  onToken: (position: number) => void;
  /** Paths begin at the token too, or no more. */
  onSource: (position: number) => void;
  onTarget: (id: string) => void;
  /** Null: the target is told apart from nothing. */
  onRatherThan: (id: string | null) => void;
}

export function TokenStrip(props: TokenStripProps) {
  const { model, shows, chosen, selected, target, ratherThan, sources, hover, onPoint, onToken, onSource, onTarget, onRatherThan } = props;
  const { nodes, tokenSpans } = model;
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const logits = useMemo(() => logitsOf(model), [model]);
  const names = useMemo(() => entriesOf(model, logits).map(entryText), [model, logits]);
  const has = useMemo(() => occupied(model, shows), [model, shows]);
  const standing = new Set(chosen.filter((node) => nodes.kind[node] !== "logit").map((node) => nodes.position[node] ?? 0));
  const shown = pieces(tokenSpans, (position) => has[position] === 1 || standing.has(position), opened);
  const embeddings = useMemo(() => embeddingAt(model), [model]);
  const keyOf = (piece: (typeof shown)[number]): string => (piece.kind === "token" ? `t${piece.span.first}` : `r${piece.spans[0]?.first ?? 0}`);
  const keys = [...shown.map(keyOf), ...logits.map((node) => `l${node}`)];
  const roving = useRoving(keys, `l${target}`);

  const bar = useRef<HTMLDivElement>(null);
  // The prompt's end, where the prediction is, is in sight.
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = scroller.current.scrollWidth;
  }, [tokenSpans]);
  useLayoutEffect(() => {
    const parts = [...(bar.current?.children ?? [])];
    const observer = new ResizeObserver(() => parts.forEach(fade));
    for (const part of parts) observer.observe(part);
    parts.forEach(fade);
    return () => observer.disconnect();
  }, [shown.length]);

  const open = (spans: readonly TokenSpan[], isOpen: boolean) => {
    const next = new Set(opened);
    for (const { first } of spans) {
      if (isOpen) next.add(first);
      else next.delete(first);
    }
    setOpened(next);
  };
  const ask = (node: number, isOther: boolean) => {
    const id = nodes.id[node] ?? "";
    if (!isOther) onTarget(id);
    else if (node !== target) onRatherThan(id === ratherThan ? null : id);
  };
  const over = (position: number, all: readonly number[]) => {
    const enter = () => {
      hover.set(all.length > 0 ? { nodes: [...all], edges: [] } : null);
      onPoint(position);
    };
    const leave = () => {
      hover.set(null);
      onPoint(null);
    };
    return { onPointerEnter: enter, onPointerLeave: leave, onFocus: enter, onBlur: leave };
  };
  // The wheel turns up and down; the strip goes sideways.
  const wheel = ({ currentTarget, deltaX, deltaY }: WheelEvent) => {
    if (Math.abs(deltaY) > Math.abs(deltaX)) currentTarget.scrollLeft += deltaY;
  };
  const isWeighted = model.record.target_kind === "directions";

  return (
    <section className="token-strip" aria-label="Prompt">
      <div className="token-strip-bar" role="toolbar" aria-label="Tokens and predictions" data-testid="token-strip" ref={bar} {...roving.bar}>
        <div ref={scroller} className="token-strip-tokens" role="group" aria-label="Tokens" onWheel={wheel} onScroll={({ currentTarget }) => fade(currentTarget)}>
          {shown.map((piece) => {
            const key = keyOf(piece);
            if (piece.kind === "run") {
              const { spans, isOpen } = piece;
              const text = spans.map((span) => span.text).join(" ");
              return (
                <button
                  key={key}
                  type="button"
                  className="token-strip-run"
                  aria-expanded={isOpen}
                  title={isOpen ? "Fold these tokens again" : `Nothing is drawn at: ${text}`}
                  data-testid="token-run"
                  data-positions={isOpen ? undefined : spans.flatMap(positionsOf).join(" ")}
                  {...roving.button(key)}
                  onClick={() => open(spans, !isOpen)}
                >
                  {isOpen ? `fold ${spans.length}` : `${spans.length} more`}
                </button>
              );
            }
            const { first, last, text } = piece.span;
            const positions = positionsOf(piece.span);
            const isSelected = positions.some((position) => selected.includes(position));
            const isEmpty = !positions.some((position) => has[position]);
            const isSource = sources.includes(first);
            const canBegin = embeddings.has(first);
            const begin = canBegin ? `. Shift click: ${isSource ? "paths from any token" : "only paths from it"}` : "";
            return (
              <button
                key={key}
                type="button"
                className={["token-strip-token", isEmpty ? "is-empty" : "", positions.some((position) => standing.has(position)) ? "is-lit" : "", isSource ? "is-source" : ""].join(" ")}
                aria-pressed={isSelected}
                title={`${first === last ? `position ${first}` : `positions ${first} to ${last}`}${isEmpty ? ", where nothing is drawn" : ""}${begin}`}
                data-testid="token"
                data-source={isSource}
                data-positions={positions.join(" ")}
                {...roving.button(key)}
                {...over(first, positions.flatMap((position) => embeddings.get(position) ?? []))}
                onClick={(event: MouseEvent) => (event.shiftKey && canBegin ? onSource(first) : onToken(first))}
                onKeyDown={(event: KeyboardEvent) => {
                  // A key's click does not say in every browser that Shift is down.
                  if (event.key !== "Enter" || !event.shiftKey || !canBegin) return;
                  event.preventDefault();
                  onSource(first);
                }}
              >
                {isSource && <span className="token-strip-other">from </span>}
                {text}
              </button>
            );
          })}
        </div>
        <span className="token-strip-arrow" aria-hidden="true">
          →
        </span>
        <div className="token-strip-predictions" role="group" aria-label={hasChosenTargets(model.record) ? "Targets" : "Predictions"} onWheel={wheel} onScroll={({ currentTarget }) => fade(currentTarget)}>
          {logits.map((node, at) => {
            const key = `l${node}`;
            const id = nodes.id[node] ?? "";
            const isTarget = node === target;
            const isOther = id === ratherThan;
            const name = names[at] ?? "";
            const chance = isWeighted ? null : percent(nodes.probability[node], (nodes.probability[node] ?? 0) < 0.095 ? 1 : 0);
            const ways = isTarget ? "The question is why this" : `Click: why ${name}? Shift click: ${isOther ? "rather than anything" : `rather than ${name}`}`;
            return (
              <button
                key={key}
                type="button"
                className={isOther ? "token-strip-prediction is-other" : "token-strip-prediction"}
                aria-pressed={isTarget}
                title={ways}
                data-testid="prediction"
                data-node-id={id}
                {...roving.button(key)}
                onClick={(event: MouseEvent) => ask(node, event.shiftKey)}
                onKeyDown={(event: KeyboardEvent) => {
                  // A key's click does not say in every browser that Shift is down.
                  if (event.key !== "Enter" || !event.shiftKey) return;
                  event.preventDefault();
                  ask(node, true);
                }}
              >
                {isOther && <span className="token-strip-other">rather than </span>}
                <span className="token">{name}</span> {chance && <span className="token-strip-chance">{chance}</span>}
              </button>
            );
          })}
        </div>
      </div>
    </section>
  );
}

/** Lets the edges fade behind which there is more. */
function fade(part: Element): void {
  part.toggleAttribute("data-before", part.scrollLeft > 1);
  part.toggleAttribute("data-after", part.scrollLeft + part.clientWidth < part.scrollWidth - 1);
}

/** The embedding at each position. */
function embeddingAt({ nodes }: GraphModel): Map<number, number> {
  return new Map(nodes.kind.flatMap((kind, node): [number, number][] => (kind === "embedding" ? [[nodes.position[node] ?? 0, node]] : [])));
}
