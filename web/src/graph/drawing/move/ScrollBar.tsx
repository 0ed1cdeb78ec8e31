/** The bar under a drawing that is wider than its frame. It is always seen, unlike the systems' own. */
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import type { Shown } from "../place/viewport";
import "./ScrollBar.css";

/** The part of the frame that an arrow key scrolls. */
const STEP = 0.2;

interface ScrollBarProps {
  shown: Shown;
  /** The id of what is scrolled. */
  controls: string;
  onScroll: (before: number) => void;
}

export function ScrollBar({ shown: { content, before, width }, controls, onScroll }: ScrollBarProps) {
  /** The pointer's place on the thumb while it drags it. */
  const held = useRef<number | null>(null);
  const most = content - width;
  const thumb = (width / content) * 100;

  const grab = (event: PointerEvent<HTMLDivElement>): void => {
    const { left, width: track } = event.currentTarget.getBoundingClientRect();
    const at = ((event.clientX - left) / track) * content;
    event.currentTarget.setPointerCapture(event.pointerId);
    // Beside the thumb, the bar brings its middle to the pointer.
    held.current = at >= before && at <= before + width ? at - before : width / 2;
    onScroll(at - held.current);
  };
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (held.current === null) return;
    const { left, width: track } = event.currentTarget.getBoundingClientRect();
    onScroll(((event.clientX - left) / track) * content - held.current);
  };
  const press = (event: KeyboardEvent): void => {
    const to = { ArrowLeft: before - width * STEP, ArrowRight: before + width * STEP, Home: 0, End: most }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onScroll(to);
  };
  return (
    <div
      className="scroll-bar"
      role="scrollbar"
      aria-label="Tokens in view"
      aria-orientation="horizontal"
      aria-controls={controls}
      aria-valuemin={0}
      aria-valuemax={Math.round(most)}
      aria-valuenow={Math.round(Math.min(most, Math.max(0, before)))}
      tabIndex={0}
      data-testid="scroll-bar"
      onPointerDown={grab}
      onPointerMove={drag}
      onPointerUp={() => (held.current = null)}
      onPointerCancel={() => (held.current = null)}
      onKeyDown={press}
    >
      <div className="scroll-bar-thumb" style={{ left: `${(before / content) * 100}%`, width: `${thumb}%` }} />
    </div>
  );
}
