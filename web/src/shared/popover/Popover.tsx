/** A button that opens a small panel under it. Escape, or leaving it, closes the panel. */
import { useRef, type ReactNode } from "react";
import "./Popover.css";

interface PopoverProps {
  /** What the panel is for, to those who cannot see it. */
  name: string;
  /** On the button. */
  text: ReactNode;
  testId: string;
  /** The edge of the nearest positioned part of the page that the panel is at. */
  side?: "left" | "right";
  children: ReactNode;
}

export function Popover({ name, text, testId, side = "left", children }: PopoverProps) {
  const box = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (box.current) box.current.open = false;
  };
  return (
    <details
      ref={box}
      className="popover"
      data-testid={testId}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !box.current?.open) return;
        event.stopPropagation();
        close();
        box.current.querySelector("summary")?.focus();
      }}
      onBlur={(event) => {
        // A click on what takes no focus leaves it nowhere, and the panel open.
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <summary className="popover-button" aria-label={name} title={name}>
        {text}
      </summary>
      <div className={`popover-panel is-${side}`}>{children}</div>
    </details>
  );
}
