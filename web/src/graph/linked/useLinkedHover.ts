/**
 * graph/linked/: the node under the pointer, marked in every panel at once.
 *
 *     useLinkedHover.ts -> holding.ts
 *
 * What panels put on the page says what it is of: `data-node-id` a button of a node, `data-members` one of several nodes,
 * by their ordinals, `data-positions` a token, `data-row` a row of an answer. Elements are marked by an attribute of their own, so that no panel is rendered for it.
 */
import { useEffect, useEffectEvent, useRef } from "react";
import type { PathsAnswer } from "../../api/types";
import type { Hover } from "../model/hover";
import type { Lit } from "../model/lit";
import type { GraphModel } from "../model/model";
import { rowsHolding } from "./holding";

/** Nodes of which the marks can be told apart; a row of more marks nothing but tokens. */
const MOST_NODES = 40;

interface Listed {
  side: string;
  answer: PathsAnswer | null;
}

/** The selectors of what is marked while the pointer is over `over`. */
function selectorsOf(model: GraphModel, over: Lit, lists: readonly Listed[]): string[] {
  const { id, kind, position } = model.nodes;
  const [node, ...others] = over.nodes;
  const only = others.length === 0 ? node : undefined;
  const tokens = over.nodes.filter((each) => kind[each] === "embedding" || (each === only && kind[each] !== "logit"));
  const positions = new Set(tokens.map((each) => position[each] ?? 0));
  const named = over.nodes.length <= MOST_NODES ? over.nodes : [];
  // Every row ends at the target: that it does says nothing of it.
  const rows = only === undefined || kind[only] === "logit" ? [] : lists.flatMap(({ side, answer }) => (answer ? rowsHolding(answer, id[only] ?? "").map((rank) => `${side}.${rank}`) : []));
  return [
    ...Array.from(positions, (each) => `[data-positions~="${each}"]`),
    ...named.flatMap((each) => [`button[data-node-id="${id[each] ?? ""}"]`, `[data-members~="${each}"]`]),
    ...rows.map((row) => `[data-row="${row}"]`),
  ];
}

const MARK = "data-hovered";

/** Marks what `hover` is over, and sets it where a button of a node has the pointer or the focus. */
export function useLinkedHover(hover: Hover, model: GraphModel, lists: readonly Listed[]): void {
  const mark = useEffectEvent((over: Lit | null) => {
    for (const each of document.querySelectorAll(`[${MARK}]`)) each.removeAttribute(MARK);
    const selectors = over && over.nodes.length > 0 ? selectorsOf(model, over, lists) : [];
    if (selectors.length === 0) return;
    for (const each of document.querySelectorAll(selectors.join(", "))) each.setAttribute(MARK, "");
  });
  useEffect(() => hover.subscribe((over) => mark(over)), [hover]);

  /** What last had the pointer or the focus. */
  const under = useRef<Element | null>(null);
  // Rows that come while the pointer rests are marked too; what is taken away from under it is no longer hovered.
  useEffect(() => {
    if (under.current?.isConnected === false) hover.set(null);
    mark(hover.over);
  }, [hover, model, lists]);

  const nodeAt = useEffectEvent((target: EventTarget | null): number | null => {
    const button = target instanceof Element ? target.closest<HTMLElement>("button[data-node-id]") : null;
    return (button && model.ordinalOf.get(button.dataset.nodeId ?? "")) ?? null;
  });
  useEffect(() => {
    /** What this set itself: a list that says more, such as which link, is heard first. */
    let own: Lit | null = null;
    const enter = ({ target }: Event) => {
      under.current = target instanceof Element ? target : null;
      const node = nodeAt(target);
      if (node === null || hover.over?.nodes.includes(node)) return;
      own = { nodes: [node], edges: [] };
      hover.set(own);
    };
    const leave = ({ target, relatedTarget }: PointerEvent | FocusEvent) => {
      if (own === null || nodeAt(target) === nodeAt(relatedTarget)) return;
      if (hover.over === own) hover.set(null);
      own = null;
    };
    const stop = new AbortController();
    for (const type of ["pointerover", "focusin"] as const) document.addEventListener(type, enter, { signal: stop.signal });
    for (const type of ["pointerout", "focusout"] as const) document.addEventListener(type, leave, { signal: stop.signal });
    return () => stop.abort();
  }, [hover]);
}
