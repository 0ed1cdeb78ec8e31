/** The bars, with what is said of the one under the pointer, buttons to zoom, and the way about by keyboard. */
import { useEffect, useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { percent, quantity } from "../../../shared/format";
import type { FlowMeasure } from "../../../api/types";
import type { Pointed } from "../pointed";
import { halfName, type Picture } from "./paint";
import { FlowScene, type Over } from "./scene";
import type { Cell } from "./grid";
import { cellOf, ranked } from "./shares";
import "./FlowBars.css";

declare global {
  interface Window {
    /** The bars, from which browser tests learn where a segment is in the window. */
    __flow?: Pick<FlowScene, "screenPosition">;
  }
}

interface FlowBarsProps {
  picture: Picture;
  measure: FlowMeasure;
  /** What each source is called, and a token with its place. */
  names: readonly string[];
  places: readonly string[];
  /** The first position of each source; null: the biases. */
  positions: readonly (number | null)[];
  pointed: Pointed;
  onTrace: (source: number | null) => void;
}

/** How many sources are said of a cell. */
const SAID = 4;
const STEP = 1.6;
/** Pixels: a row of bars has at least this height where all rows are in sight, unless they are too many. */
const LEAST_ROW = 20;
const TALLEST = 520;

export function FlowBars({ picture, measure, names, places, positions, pointed, onTrace }: FlowBarsProps) {
  const { shares } = picture;
  const container = useRef<HTMLDivElement>(null);
  const scene = useRef<FlowScene | null>(null);
  const [over, setOver] = useState<Over | null>(null);
  const [walked, setWalked] = useState<Cell | null>(null);
  const [isWhole, setWhole] = useState(true);
  const latest = useRef<{ onOver: (over: Over | null) => void; onPick: (source: number | null) => void } | null>(null);

  const tell = (at: Over | null) => {
    setOver(at);
    pointed.set(at && { query: at.cell.position, key: at.source === null ? null : (positions[at.source] ?? null) });
  };
  const trace = (source: number | null) => onTrace(source === picture.traced ? null : source);
  useImperativeHandle(latest, () => ({ onOver: tell, onPick: trace }));

  useEffect(() => {
    if (!container.current) return;
    const made = new FlowScene(container.current, {
      onHover: (at) => latest.current?.onOver(at),
      onPick: (source) => latest.current?.onPick(source),
      onView: setWhole,
    });
    scene.current = made;
    window.__flow = made;
    const unsubscribe = pointed.subscribe((at) => made.point(at));
    return () => {
      unsubscribe();
      pointed.set(null);
      made.destroy();
      scene.current = null;
      delete window.__flow;
    };
  }, [pointed]);
  useEffect(() => scene.current?.show(picture), [picture]);
  useEffect(() => scene.current?.walk(walked), [walked]);

  const shareText = (value: number | undefined): string => (measure === "norm" ? percent(value) : quantity(value));
  const said = useMemo(() => {
    if (!walked) return "";
    const cell = cellOf(shares, walked.row, walked.position);
    const strongest = ranked(cell).slice(0, SAID).filter((source) => cell[source]);
    const parts = strongest.map((source) => `${names[source] ?? ""} ${measure === "norm" ? percent(cell[source]) : quantity(cell[source])}`);
    return `${halfName(walked.row)}, at ${places[walked.position] ?? ""}: ${parts.length > 0 ? parts.join(", ") : "nothing is shown"}`;
  }, [shares, walked, names, places, measure]);

  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = walked ?? { row: shares.nRows - 1, position: picture.predicted };
    const to = (row: number, position: number) =>
      setWalked({ row: Math.min(shares.nRows - 1, Math.max(0, row)), position: Math.min(shares.nPositions - 1, Math.max(0, position)) });
    const acts: Record<string, () => void> = {
      ArrowUp: () => to(at.row + 1, at.position),
      ArrowDown: () => to(at.row - 1, at.position),
      ArrowLeft: () => to(at.row, at.position - 1),
      ArrowRight: () => to(at.row, at.position + 1),
      Home: () => to(at.row, 0),
      End: () => to(at.row, shares.nPositions - 1),
      PageUp: () => to(shares.nRows - 1, at.position),
      PageDown: () => to(0, at.position),
      Enter: () => trace(ranked(cellOf(shares, at.row, at.position))[0] ?? null),
      "+": () => scene.current?.zoomBy(STEP),
      "-": () => scene.current?.zoomBy(1 / STEP),
      "0": () => scene.current?.whole(),
    };
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    act();
  };

  return (
    <div className="flow-bars" style={{ minHeight: Math.min(TALLEST, 160 + LEAST_ROW * shares.nRows) }}>
      <div
        ref={container}
        className="flow-bars-canvas"
        // Its arrow keys are its own.
        role="application"
        aria-roledescription="bars of information flow"
        aria-label={`Bars for ${shares.nRows / 2} layers and ${shares.nPositions} positions. The arrow keys walk from bar to bar, Enter traces a bar’s strongest source, plus and minus zoom.`}
        tabIndex={0}
        data-testid="flow-bars"
        onKeyDown={keys}
        onFocus={({ currentTarget }) => {
          // A press that drags the bars walks nowhere.
          if (currentTarget.matches(":focus-visible")) setWalked((before) => before ?? { row: shares.nRows - 1, position: picture.predicted });
        }}
        onBlur={() => setWalked(null)}
      />
      <p className="unseen" role="status" data-testid="flow-said">
        {said}
      </p>
      {over && (
        <div className={tipPlace(over, container.current)} style={{ left: over.x, top: over.y }} data-testid="flow-tip">
          <b>{over.source === null ? "between segments" : `from ${names[over.source] ?? ""}`}</b>
          {over.source !== null && (
            <div>
              {shareText(cellOf(shares, over.cell.row, over.cell.position)[over.source])} of the {measure === "norm" ? "sum of norms" : "stream"}
            </div>
          )}
          <div className="muted">
            {halfName(over.cell.row)} · at {places[over.cell.position]}
          </div>
        </div>
      )}
      <div className="flow-bars-zoom" role="group" aria-label="Zoom of the bars">
        <button type="button" className="icon-button" aria-label="Zoom in" title="Zoom in: wheel, or +" onClick={() => scene.current?.zoomBy(STEP)}>
          +
        </button>
        <button type="button" className="icon-button" aria-label="Zoom out" title="Zoom out: wheel, or −" disabled={isWhole} onClick={() => scene.current?.zoomBy(1 / STEP)}>
          −
        </button>
        <button type="button" className="icon-button flow-bars-all" disabled={isWhole} title="All of it: 0" data-testid="flow-whole" onClick={() => scene.current?.whole()}>
          all
        </button>
      </div>
    </div>
  );
}

/** Beside the pointer, on the side that has room. */
function tipPlace({ x, y }: Over, container: HTMLElement | null): string {
  const isRight = x > (container?.clientWidth ?? 0) / 2;
  return `flow-bars-tip${isRight ? " to-left" : ""}${y < 110 ? " is-below" : ""}`;
}
