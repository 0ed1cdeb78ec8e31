/** The buttons that zoom, above the layers' axis. */
import type { MouseEvent, ReactNode } from "react";
import type { Zoomed } from "../place/viewport";
import "./ZoomButtons.css";

const FACTOR = 1.6;

interface ZoomButtonsProps {
  isWhole: boolean;
  hasSelection: boolean;
  onZoom: (factor: number, what: Zoomed) => void;
  onWhole: () => void;
  onSelection: () => void;
}

/** What a click with its modifier keys zooms. */
const zoomedBy = ({ shiftKey, altKey }: MouseEvent): Zoomed => (shiftKey ? "tokens" : altKey ? "layers" : "both");

export function ZoomButtons({ isWhole, hasSelection, onZoom, onWhole, onSelection }: ZoomButtonsProps) {
  return (
    <div className="zoom-buttons" role="group" aria-label="Zoom">
      <button
        type="button"
        aria-label="Zoom out"
        title="Zoom out; with Shift the tokens alone, with Alt the layers alone"
        disabled={isWhole}
        onClick={(event) => onZoom(1 / FACTOR, zoomedBy(event))}
      >
        −
      </button>
      <button
        type="button"
        aria-label="Zoom in"
        title="Zoom in; with Shift the tokens alone, with Alt the layers alone"
        onClick={(event) => onZoom(FACTOR, zoomedBy(event))}
      >
        +
      </button>
      <button type="button" aria-label="Whole graph" title="Whole graph" disabled={isWhole} data-testid="zoom-reset" onClick={onWhole}>
        <Picture>
          <path d="M1 3.5V1h2.5M6.5 1H9v2.5M9 6.5V9H6.5M3.5 9H1V6.5" />
        </Picture>
      </button>
      <button
        type="button"
        aria-label="To the selection"
        title="Zoom to the selection"
        disabled={!hasSelection}
        data-testid="zoom-selection"
        onClick={onSelection}
      >
        <Picture>
          <circle cx="5" cy="5" r="2" />
          <path d="M5 0.5v1.5M5 8v1.5M0.5 5H2M8 5h1.5" />
        </Picture>
      </button>
    </div>
  );
}

const Picture = ({ children }: { children: ReactNode }) => (
  <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
    {children}
  </svg>
);
