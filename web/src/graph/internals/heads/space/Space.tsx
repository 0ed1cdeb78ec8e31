/**
 * Heads in a space of layer, head and figure, with the edges between them: turned by dragging or the arrow keys, made larger
 * by the wheel. Beside it the same edges as a list.
 */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { getHeadEdges } from "../../../../api/client";
import { coloursAt, onTheme } from "../../../../shared/theme";
import { useAnswer } from "../../../../shared/useAnswer";
import { headName, type InsideProps } from "../../inside";
import { Choice, WithoutFirst } from "../Choice";
import { Lacking } from "../Lacking";
import { axisName, figure, headAt, headValues } from "../measures";
import { sentence, Tip, type Told } from "../Tip";
import { useWidth } from "../useSize";
import { EdgeList } from "./EdgeList";
import { EDGES_AT_FIRST, edgesOf, isSame, MOST_EDGES, NUMBERS_OF_EDGES, touches, type HeadEdge } from "./edges";
import { FIRST_VIEW, hit, turned, zoomed, type View } from "./projection";
import { COLOURS, drawSpace, seenFrom, space, type Colours } from "./scene";
import "./Space.css";

/** Heads to which the Tab key leads. */
const STOPS = 12;
const TURN = 12;
const ZOOM = 1.2;
/** Pixels that the pointer moves before it turns the space. */
const SLACK = 4;

export function Space(props: InsideProps) {
  const { internals, inside, onInside, head, onHead, onCompute } = props;
  const { map, withoutFirst, notation } = inside;
  const values = useMemo(() => headValues(internals, map, withoutFirst), [internals, map, withoutFirst]);
  const { answer, error, loading } = useAnswer(internals.id, (signal) => getHeadEdges(internals.graph, MOST_EDGES, signal));
  const [count, setCount] = useState(EDGES_AT_FIRST);
  const [edge, setEdge] = useState<HeadEdge | null>(null);
  const all = useMemo(() => (answer ? edgesOf(answer) : []), [answer]);
  const edges = useMemo(() => all.slice(0, count), [all, count]);
  return (
    <div className="space" data-testid="heads-space">
      <div className="space-choices">
        <Choice text="Height" internals={internals} value={map} testId="space-map" onChange={(name) => onInside({ map: name })} />
        <WithoutFirst internals={internals} names={[map]} inside={inside} onInside={onInside} />
        {all.length > 0 && (
          <label className="space-count">
            Edges{" "}
            <select className="snug" value={Math.min(count, all.length)} data-testid="space-count" onChange={({ target }) => setCount(Number(target.value))}>
              {[...NUMBERS_OF_EDGES.filter((each) => each < all.length), all.length].map((each) => (
                <option key={each} value={each}>
                  the {each} strongest
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <div className="space-both">
        {values ? (
          <Turning {...props} values={values} edges={edges} edge={edge} />
        ) : (
          <Lacking internals={internals} name={map} onCompute={onCompute} />
        )}
        {answer ? (
          <EdgeList edges={edges} isWhole={answer.whole} notation={notation} head={head} onHead={onHead} onLook={setEdge} />
        ) : (
          <p className="muted space-edges" role="status">
            {error ? error.message : loading ? "Reading the edges…" : ""}
          </p>
        )}
      </div>
    </div>
  );
}

interface TurningProps extends InsideProps {
  values: NonNullable<ReturnType<typeof headValues>>;
  edges: readonly HeadEdge[];
  /** The edge that is looked at in the list. */
  edge: HeadEdge | null;
}

function Turning({ internals, inside: { notation }, head, onHead, values, edges, edge }: TurningProps) {
  const { n_layers: nLayers, n_heads: nHeads } = internals;
  const { measure } = values;
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [view, setView] = useState<View>(FIRST_VIEW);
  const [pointed, setPointed] = useState<number | null>(null);
  const [theme, setTheme] = useState(0);
  const colours = useRef<{ theme: number; of: Colours } | null>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const height = Math.round(Math.min(560, Math.max(300, width * 0.64)));
  const made = useMemo(() => space(values, nLayers, nHeads), [values, nLayers, nHeads]);
  const seen = useMemo(() => seenFrom(made, view, width, height), [made, view, width, height]);
  const headOf = (number: number) => headAt(made.heads[number] ?? 0, nHeads);

  useEffect(() => onTheme(() => setTheme((before) => before + 1)), []);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || width === 0) return;
    const ratio = window.devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    if (colours.current?.theme !== theme) colours.current = { theme, of: coloursAt(element.parentElement ?? document.body, COLOURS) };
    drawSpace(context, width, height, made, edges, view, { selected: head, pointed, edge, notation, axis: axisName(measure) }, colours.current.of);
  }, [width, height, made, edges, view, head, pointed, edge, notation, measure, theme]);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    // React's own listener is passive, and the page would scroll.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      setView((before) => zoomed(before, Math.exp(-event.deltaY * 0.0015)));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [width]);

  const move = (event: PointerEvent<HTMLCanvasElement>) => {
    const { offsetX, offsetY } = event.nativeEvent;
    const held = drag.current;
    if (held) {
      const [right, down] = [event.clientX - held.x, event.clientY - held.y];
      if (!held.moved && Math.hypot(right, down) < SLACK) return;
      drag.current = { x: event.clientX, y: event.clientY, moved: true };
      setPointed(null);
      setView((before) => turned(before, right, down));
    } else setPointed(hit(seen, offsetX, offsetY));
  };
  const release = (event: PointerEvent<HTMLCanvasElement>) => {
    const held = drag.current;
    drag.current = null;
    if (!held || held.moved) return;
    const at = hit(seen, event.nativeEvent.offsetX, event.nativeEvent.offsetY);
    onHead(at === null ? null : headOf(at));
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const turn = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, -TURN], ArrowDown: [0, TURN] }[event.key];
    const zoom = { "+": ZOOM, "=": ZOOM, "-": 1 / ZOOM }[event.key];
    if (turn) setView((before) => turned(before, turn[0] ?? 0, turn[1] ?? 0));
    else if (zoom !== undefined) setView((before) => zoomed(before, zoom));
    else if (event.key === "0") setView(FIRST_VIEW);
    else return;
    event.preventDefault();
  };

  const told = (number: number): Told => {
    const of = headOf(number);
    const own = edges.filter((each) => touches(each, of)).length;
    return { name: headName(of, notation), facts: [[measure.title, figure(measure, values.values[made.heads[number] ?? -1])], ["edges shown", String(own)]] };
  };
  const place = pointed === null ? undefined : seen[pointed];
  const unknown = [...values.values].filter((value) => !Number.isFinite(value)).length;
  const left = values.values.length - unknown - made.heads.length;
  return (
    <div className="space-turning">
      {/* Its arrow keys turn it; the heads in it are buttons. */}
      <div className="space-box" ref={box} role="group" aria-label={`${made.heads.length} heads by layer, head and ${axisName(measure)}, and ${edges.length} edges between them`} onKeyDown={press}>
        {width > 0 && (
          <>
            <canvas
              ref={canvas}
              className="space-canvas"
              style={{ width, height }}
              aria-hidden="true"
              data-testid="space-canvas"
              data-yaw={view.yaw.toFixed(3)}
              data-pitch={view.pitch.toFixed(3)}
              data-zoom={view.zoom.toFixed(3)}
              data-nodes={made.heads.length}
              data-edges={edges.length}
              onPointerDown={(event) => {
                if (event.button !== 0) return;
                event.currentTarget.setPointerCapture(event.pointerId);
                drag.current = { x: event.clientX, y: event.clientY, moved: false };
              }}
              onPointerMove={move}
              onPointerUp={release}
              onPointerCancel={() => (drag.current = null)}
              onPointerLeave={() => setPointed(null)}
            />
            {seen.slice(0, STOPS).map(({ x, y }, number) => (
              <button
                key={made.heads[number]}
                type="button"
                className="space-stop"
                style={{ left: x, top: y }}
                aria-label={sentence(told(number))}
                aria-pressed={isSame(headOf(number), head)}
                data-testid="space-head"
                data-head={headName(headOf(number), "LH")}
                onFocus={() => setPointed(number)}
                onBlur={() => setPointed(null)}
                onClick={() => onHead(headOf(number))}
              />
            ))}
            {place && pointed !== null && <Tip told={told(pointed)} x={place.x} y={place.y} width={width} />}
          </>
        )}
      </div>
      <div className="space-foot">
        <p className="muted">
          {measure.isSigned && (
            <>
              <span className="swatch excites" /> above 0 <span className="swatch inhibits" /> below 0.{" "}
            </>
          )}
          Edges go from a head to a head of a later layer, as wide as their |weight|. Drag, or the arrow keys, turn it; the wheel, or + and −, make it larger; Tab goes through the {Math.min(STOPS, made.heads.length)} largest.
          {unknown > 0 && ` Of ${unknown} heads the figure is not known.`}
          {left > 0 && ` The ${left} smallest are left out.`}
        </p>
        <button type="button" data-testid="space-back" onClick={() => setView(FIRST_VIEW)}>
          Turn back
        </button>
      </div>
    </div>
  );
}
