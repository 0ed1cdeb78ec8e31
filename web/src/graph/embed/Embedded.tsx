/**
 * graph/embed/: a graph's drawing inside another page: what stands in the middle, a caption, the way to the whole page.
 *
 *     Embedded -> ../picture/caption.ts
 */
import { useEffect, useState, type ReactNode, type Ref } from "react";
import type { Caption } from "../picture/caption";
import "./Embedded.css";

interface EmbeddedProps {
  caption: Caption;
  /** The address of the whole page. */
  link: string;
  /** What went wrong, if anything did. */
  news: ReactNode;
  /** What stands in the middle. */
  children: ReactNode;
  stageRef: Ref<HTMLElement>;
  /** Whether the wheel zooms it. */
  zooms: boolean;
}

export function Embedded({ caption, link, news, children, stageRef, zooms }: EmbeddedProps) {
  const { isActive, isHinting, activate, wheeled, left } = useWheel(zooms);
  return (
    <div className="embedded" data-testid="embedded">
      {news}
      <main ref={stageRef} className="embedded-stage" onPointerDownCapture={activate} onWheelCapture={wheeled} onPointerLeave={left} data-active={isActive}>
        {children}
        {isHinting && (
          <p className="embedded-hint" role="status">
            Click the drawing to zoom with the wheel
          </p>
        )}
      </main>
      <footer className="embedded-caption">
        <h1 title={caption.title}>{caption.title}</h1>
        <p className="muted">
          <span>{caption.drawn}</span>
          <a href={link} target="_blank" rel="noopener" data-testid="open-whole">
            Open in Circuit Explorer
          </a>
        </p>
      </footer>
    </div>
  );
}

/** The wheel scrolls the page around until the reader has clicked the drawing: else a reader who scrolls past would be held. */
function useWheel(zooms: boolean) {
  const [isActive, setActive] = useState(false);
  const [isHinting, setHinting] = useState(false);
  useEffect(() => {
    const rest = () => setActive(false);
    window.addEventListener("blur", rest);
    return () => window.removeEventListener("blur", rest);
  }, []);
  return {
    isActive,
    isHinting: isHinting && !isActive,
    activate: () => setActive(true),
    wheeled: (event: { stopPropagation: () => void }) => {
      if (isActive || !zooms) return;
      event.stopPropagation();
      setHinting(true);
    },
    left: () => setHinting(false),
  };
}
