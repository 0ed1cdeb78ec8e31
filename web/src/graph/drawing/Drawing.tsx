/**
 * graph/drawing/: the graph on canvases, the tooltip under the pointer, the tools over it, the scroll bar, the legend.
 *
 *     Drawing -> Tools;  Drawing -> walk/ (the way about by keyboard);  help/ (the page's keys and gestures)
 *     Drawing -> draw.ts (all that the page and other pages know of it) -> scene.ts -> navigation.ts -> move/
 *     scene.ts -> layers.ts | box/ | emphasis.ts | place/ | marks.ts | names/ | links/ | vector/ (a still of it, as SVG) -> palette.ts
 */
import { useEffect, useId, useMemo, useRef, useState, type RefObject } from "react";
import { count, percent } from "../../shared/format";
import type { FullScreen } from "../../shared/hooks/useFullScreen";
import type { Drawn } from "../model/budget";
import type { Hover as Hovered } from "../model/hover";
import type { Lit } from "../model/lit";
import { layerName, nodeName, type GraphModel } from "../model/model";
import { draw } from "./draw";
import { ScrollBar } from "./move/ScrollBar";
import { ZoomButtons } from "./move/ZoomButtons";
import { sameShown, type Shown } from "./place/viewport";
import type { Sizes } from "./prominence";
import type { GraphScene } from "./scene";
import { Tools } from "./Tools";
import { Tooltip, type Hover } from "./Tooltip";
import { useWalk } from "./walk/useWalk";
import type { Ahead } from "./walk/walk";
import "./Drawing.css";

declare global {
  interface Window {
    /** The drawing, from which browser tests learn a node's place in the window, what is named where, and the zoom. */
    __scene?: Pick<GraphScene, "screenPosition" | "drawnNames" | "zoom">;
  }
}

interface DrawingProps {
  model: GraphModel;
  sizes: Sizes;
  /** The logit or feature that the question asks for. */
  target: number;
  drawn: Drawn;
  lit: Lit;
  /** The selected nodes. */
  nodes: readonly number[];
  /** What links lead on to, by the question; null while it is not known. */
  ahead: Ahead | null;
  /** What the pointer is over, here or in a panel. */
  hovered: Hovered;
  /** Gets the drawing itself. */
  handle: RefObject<GraphScene | null>;
  onPick: (node: number | null) => void;
  /** These nodes were boxed, or one was clicked with Shift. `adds`: they come to the selection. */
  onBox: (nodes: number[], adds: boolean) => void;
  onSearch: () => void;
  onHelp: () => void;
  /** Leads to what is said of the selection. */
  onDetails: () => void;
  /** Null where the browser has none. */
  fullScreen: FullScreen | null;
}

export function Drawing(props: DrawingProps) {
  const { model, sizes, target, drawn, lit, nodes, ahead, hovered, handle, onPick, onBox, onSearch, onHelp, onDetails, fullScreen } = props;
  const id = useId();
  const { edges } = model;
  const container = useRef<HTMLDivElement>(null);
  const scene = useRef<GraphScene | null>(null);
  const events = useRef({ onPick, onBox });
  const latest = useRef({ model, sizes, target, drawn });
  const [hover, setHover] = useState<Hover | null>(null);
  const [boxes, setBoxes] = useState(false);
  const [shown, setShown] = useState<Shown | null>(null);

  const described = useMemo(() => description(model, target, drawn), [model, target, drawn]);

  useEffect(() => {
    events.current = { onPick, onBox };
  }, [onPick, onBox]);

  useEffect(() => {
    latest.current = { model, sizes, target, drawn };
    scene.current?.rename(model);
    scene.current?.size(sizes, target);
    scene.current?.show(drawn.shows);
  }, [model, sizes, target, drawn]);

  useEffect(() => {
    if (!container.current) return;
    const { model, sizes, target, drawn } = latest.current;
    /** What the pointer is over here, which is told to the panels. */
    let own: Lit | null = null;
    const made = draw(container.current, model, {
      sizes,
      target,
      shows: drawn.shows,
      onHover: (over) => {
        setHover(over);
        if (over === null && hovered.over !== own) return;
        own = over && { nodes: [over.node], edges: [] };
        hovered.set(own);
      },
      onPick: (picked) => events.current.onPick(picked),
      onBox: (boxed, adds) => events.current.onBox(boxed, adds),
      onView: (now) => setShown((before) => (before && sameShown(before, now) ? before : now)),
    });
    scene.current = made;
    handle.current = made;
    window.__scene = made;
    const unsubscribe = hovered.subscribe((over) => made.preview(over === own ? null : over));
    return () => {
      unsubscribe();
      made.destroy();
      scene.current = null;
      handle.current = null;
      delete window.__scene;
    };
    // Other labels alone, over the same links, leave the drawing where it is.
  }, [edges, hovered, handle]);

  useEffect(() => {
    scene.current?.pick({ lit, nodes });
  }, [edges, lit, nodes]);

  useEffect(() => {
    scene.current?.boxes(boxes);
  }, [edges, boxes]);

  const walk = useWalk({ model, scene, container, target, nodes, ahead, onPick, onBox, onDetails });

  return (
    <div className="drawing-frame">
      <div
        ref={container}
        id={id}
        className="drawing"
        // Its arrow keys are its own.
        role="application"
        aria-roledescription="attribution graph"
        aria-label={described}
        tabIndex={0}
        {...walk.handlers}
        data-testid="drawing"
        data-nodes={model.nNodes}
        data-edges={model.nEdges}
        data-drawn-nodes={drawn.nodes}
        data-drawn-edges={drawn.links}
        data-target={model.nodes.id[target]}
        data-lit-nodes={lit.nodes.length}
        data-lit-edges={lit.edges.length}
        data-selected-nodes={nodes.length}
      />
      <p className="unseen" role="status" data-testid="walked">
        {walk.said}
      </p>
      {hover && <Tooltip model={model} sizes={sizes} target={target} hover={hover} width={container.current?.clientWidth ?? 0} />}
      <ZoomButtons
        isWhole={shown?.isWhole ?? true}
        hasSelection={nodes.length + lit.nodes.length > 0}
        onZoom={(factor, what) => scene.current?.zoomBy(factor, what)}
        onWhole={() => scene.current?.whole()}
        onSelection={() => scene.current?.toSelection()}
      />
      <Tools boxes={boxes} onBoxes={setBoxes} onSearch={onSearch} onHelp={onHelp} fullScreen={fullScreen} />
      {shown && shown.content > shown.width + 1 && (
        <ScrollBar shown={shown} controls={id} onScroll={(before) => scene.current?.scrollTo(before)} />
      )}
    </div>
  );
}

function description(model: GraphModel, target: number, drawn: Drawn): string {
  const { record } = model;
  const chance = model.nodes.probability[target] ?? null;
  const asked = [nodeName(model, target).text, chance === null ? layerName(model, target) : percent(chance)].join(", ");
  return (
    `Attribution graph of “${record.prompt}”: ${count(model.nNodes)} nodes over ${record.tokens.length} tokens ` +
    `and ${record.n_layers} layers, joined by ${count(model.nEdges)} direct effects; ` +
    `${count(drawn.nodes)} nodes and ${count(drawn.links)} direct effects between them are drawn. ` +
    `The question's target is ${asked}. ` +
    `The arrow keys walk along its links; the question mark lists all keys. ` +
    `The list of paths beside it and the details of a node say in words what it shows.`
  );
}
