/**
 * graph/drawing/: the graph on canvases, the tooltip under the pointer, the zoom buttons, the scroll bar, the legend.
 *
 *     Drawing -> scene.ts -> navigation.ts -> move/ -> place/;  scene.ts -> place/ | marks.ts | names/ | links/ -> palette.ts | fonts.ts
 */
import { useEffect, useId, useRef, useState } from "react";
import { count, percent } from "../../shared/format";
import type { Drawn } from "../model/budget";
import type { Hover as Hovered } from "../model/hover";
import type { Lit } from "../model/lit";
import { nodeName, type GraphModel } from "../model/model";
import { ZoomButtons } from "./move/ZoomButtons";
import { sameShown, type Shown } from "./place/viewport";
import type { Sizes } from "./prominence";
import { GraphScene } from "./scene";
import { ScrollBar } from "./ScrollBar";
import { Tooltip, type Hover } from "./Tooltip";
import "./Drawing.css";

declare global {
  interface Window {
    /** The drawing, from which browser tests learn a node's place in the window and what is named where. */
    __scene?: Pick<GraphScene, "screenPosition" | "drawnNames">;
  }
}

interface DrawingProps {
  model: GraphModel;
  sizes: Sizes;
  /** The logit that the question asks for. */
  target: number;
  drawn: Drawn;
  lit: Lit;
  node: number | null;
  /** What the pointer is over in the lists. */
  hovered: Hovered;
  onPick: (node: number | null) => void;
}

export function Drawing({ model, sizes, target, drawn, lit, node, hovered, onPick }: DrawingProps) {
  const id = useId();
  const { edges } = model;
  const container = useRef<HTMLDivElement>(null);
  const scene = useRef<GraphScene | null>(null);
  const pick = useRef(onPick);
  const latest = useRef({ model, sizes, target, drawn });
  const [hover, setHover] = useState<Hover | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);

  useEffect(() => {
    pick.current = onPick;
  }, [onPick]);

  useEffect(() => {
    latest.current = { model, sizes, target, drawn };
    scene.current?.rename(model);
    scene.current?.size(sizes, target);
    scene.current?.show(drawn.shows);
  }, [model, sizes, target, drawn]);

  useEffect(() => {
    if (!container.current) return;
    const { model, sizes, target, drawn } = latest.current;
    const made = new GraphScene(container.current, model, sizes, target, drawn.shows, {
      onHover: setHover,
      onPick: (picked) => pick.current(picked),
      onView: (now) => setShown((before) => (before && sameShown(before, now) ? before : now)),
    });
    scene.current = made;
    window.__scene = made;
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const retheme = () => made.retheme();
    dark.addEventListener("change", retheme);
    const watcher = new MutationObserver(retheme);
    watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const unsubscribe = hovered.subscribe((over) => made.preview(over));
    return () => {
      unsubscribe();
      dark.removeEventListener("change", retheme);
      watcher.disconnect();
      made.destroy();
      scene.current = null;
      delete window.__scene;
    };
    // Other labels alone, over the same links, leave the drawing where it is.
  }, [edges, hovered]);

  useEffect(() => {
    scene.current?.pick({ lit, node });
  }, [edges, lit, node]);

  return (
    <div className="drawing-frame">
      <div
        ref={container}
        id={id}
        className="drawing"
        role="img"
        aria-label={description(model, target, drawn)}
        data-testid="drawing"
        data-nodes={model.nNodes}
        data-edges={model.nEdges}
        data-drawn-nodes={drawn.nodes}
        data-drawn-edges={drawn.links}
        data-target={model.nodes.id[target]}
        data-lit-nodes={lit.nodes.length}
        data-lit-edges={lit.edges.length}
      />
      {hover && <Tooltip model={model} sizes={sizes} target={target} hover={hover} width={container.current?.clientWidth ?? 0} />}
      <ZoomButtons
        isWhole={shown?.isWhole ?? true}
        hasSelection={node !== null || lit.nodes.length > 0}
        onZoom={(factor, what) => scene.current?.zoomBy(factor, what)}
        onWhole={() => scene.current?.whole()}
        onSelection={() => scene.current?.toSelection()}
      />
      {shown && shown.content > shown.width + 1 && (
        <ScrollBar shown={shown} controls={id} onScroll={(before) => scene.current?.scrollTo(before)} />
      )}
    </div>
  );
}

function description(model: GraphModel, target: number, drawn: Drawn): string {
  const { record } = model;
  const asked = `${nodeName(model, target).text}, ${percent(model.nodes.probability[target])}`;
  return (
    `Attribution graph of “${record.prompt}”: ${count(model.nNodes)} nodes over ${record.tokens.length} tokens ` +
    `and ${record.n_layers} layers, joined by ${count(model.nEdges)} direct effects; ` +
    `${count(drawn.nodes)} nodes and ${count(drawn.links)} direct effects between them are drawn. ` +
    `The question's target is ${asked}. ` +
    `The list of paths beside it and the details of a node say in words what it shows.`
  );
}
