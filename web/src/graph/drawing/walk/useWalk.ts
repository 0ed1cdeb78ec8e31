/** The drawing by keyboard: where one is, the keys that lead on, and what is said on the way. */
import { useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from "react";
import type { GraphModel } from "../../model/model";
import type { GraphScene } from "../scene";
import { spoken, spokenNode } from "./spoken";
import { walk, type Ahead, type Direction } from "./walk";

interface WalkProps {
  model: GraphModel;
  scene: RefObject<GraphScene | null>;
  /** The element that has the keys. */
  container: RefObject<HTMLElement | null>;
  /** The logit that the question asks for, where one begins. */
  target: number;
  /** The selected nodes. */
  nodes: readonly number[];
  ahead: Ahead | null;
  onPick: (node: number) => void;
  onBox: (nodes: number[], adds: boolean) => void;
  onDetails: () => void;
}

interface Walk {
  handlers: {
    onKeyDown: (event: KeyboardEvent) => void;
    onFocus: (event: FocusEvent<HTMLElement>) => void;
    onBlur: () => void;
  };
  /** For those who do not see the drawing. */
  said: string;
}

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowDown: "input",
  ArrowUp: "output",
  ArrowLeft: "previous",
  ArrowRight: "next",
  "Alt ArrowDown": "lower",
  "Alt ArrowUp": "higher",
};

export function useWalk({ model, scene, container, target, nodes, ahead, onPick, onBox, onDetails }: WalkProps): Walk {
  const [said, setSaid] = useState("");
  /** Where one is; null: at the target. */
  const at = useRef<number | null>(null);
  useEffect(() => {
    if (nodes[0] === undefined) return;
    if (at.current === null || !nodes.includes(at.current)) at.current = nodes[0];
    // The selection shows by itself.
    if (container.current?.matches(":focus-visible")) scene.current?.point(null);
  }, [nodes, container, scene]);

  const come = (node: number, words: string) => {
    at.current = node;
    scene.current?.point(node);
    setSaid(words);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    const from = at.current ?? target;
    const direction = DIRECTIONS[event.altKey ? `Alt ${event.key}` : event.key];
    if (direction !== undefined && !event.shiftKey) {
      const step = walk(model, (node) => scene.current?.isDrawn(node) ?? false, from, direction, ahead);
      come(step?.node ?? from, spoken(model, direction, step));
    } else if (event.key === "Home") {
      come(target, spokenNode(model, target));
    } else if (event.key === "Enter" || event.key === " ") {
      if (event.shiftKey) onBox([from], true);
      else if (nodes.length === 1 && nodes[0] === from) onDetails();
      else onPick(from);
    } else {
      return;
    }
    event.preventDefault();
  };

  return {
    handlers: {
      onKeyDown,
      onFocus: ({ currentTarget }) => {
        // A click puts the focus here, too, and points by itself.
        if (currentTarget.matches(":focus-visible")) come(at.current ?? target, spokenNode(model, at.current ?? target));
      },
      onBlur: () => scene.current?.point(null),
    },
    said,
  };
}
