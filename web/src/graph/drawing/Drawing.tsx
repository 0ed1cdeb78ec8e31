/**
 * graph/drawing/: the graph on canvases, the tooltip under the pointer, the zoom buttons, the legend.
 *
 *     Drawing -> scene.ts -> place/ | marks.ts | names/ | links/ -> palette.ts | fonts.ts
 */
import { useEffect, useRef, useState } from "react";
import { count } from "../../shared/format";
import type { Lit } from "../model/lit";
import type { GraphModel } from "../model/model";
import type { Sizes } from "./prominence";
import { GraphScene } from "./scene";
import { Tooltip, type Hover } from "./Tooltip";
import "./Drawing.css";

declare global {
  interface Window {
    /** The drawing, from which browser tests learn a node's place in the window. */
    __scene?: Pick<GraphScene, "screenPosition">;
  }
}

interface DrawingProps {
  model: GraphModel;
  sizes: Sizes;
  lit: Lit;
  node: number | null;
  onPick: (node: number | null) => void;
}

export function Drawing({ model, sizes, lit, node, onPick }: DrawingProps) {
  const container = useRef<HTMLDivElement>(null);
  const scene = useRef<GraphScene | null>(null);
  const pick = useRef(onPick);
  const latest = useRef(sizes);
  const [hover, setHover] = useState<Hover | null>(null);
  const [zoomed, setZoomed] = useState(false);

  useEffect(() => {
    pick.current = onPick;
  }, [onPick]);

  useEffect(() => {
    latest.current = sizes;
    scene.current?.size(sizes.prominence);
  }, [sizes]);

  useEffect(() => {
    if (!container.current) return;
    const made = new GraphScene(container.current, model, latest.current.prominence, {
      onHover: setHover,
      onPick: (picked) => pick.current(picked),
      onZoom: setZoomed,
    });
    scene.current = made;
    window.__scene = made;
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const retheme = () => made.retheme();
    dark.addEventListener("change", retheme);
    const watcher = new MutationObserver(retheme);
    watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      dark.removeEventListener("change", retheme);
      watcher.disconnect();
      made.destroy();
      scene.current = null;
      delete window.__scene;
    };
  }, [model]);

  useEffect(() => {
    scene.current?.pick({ lit, node });
  }, [model, lit, node]);

  return (
    <div className="drawing-frame">
      <div
        ref={container}
        className="drawing"
        role="img"
        aria-label={description(model)}
        data-testid="drawing"
        data-nodes={model.nNodes}
        data-edges={model.nEdges}
        data-lit-nodes={lit.nodes.length}
        data-lit-edges={lit.edges.length}
      />
      {hover && <Tooltip model={model} sizes={sizes} hover={hover} width={container.current?.clientWidth ?? 0} />}
      <div className="drawing-zoom" role="group" aria-label="Zoom">
        <button
          type="button"
          aria-label="Zoom out"
          title="Zoom out"
          disabled={!zoomed}
          onClick={() => scene.current?.zoomBy(1 / 1.6)}
        >
          −
        </button>
        <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => scene.current?.zoomBy(1.6)}>
          +
        </button>
      </div>
      {zoomed && (
        <button type="button" className="drawing-whole" data-testid="zoom-reset" onClick={() => scene.current?.reset()}>
          Whole graph
        </button>
      )}
    </div>
  );
}

function description(model: GraphModel): string {
  const { record } = model;
  return (
    `Attribution graph of “${record.prompt}”: ${count(model.nNodes)} nodes over ${record.tokens.length} tokens ` +
    `and ${record.n_layers} layers, joined by ${count(model.nEdges)} direct effects. ` +
    `The list of paths beside it and the details of a node say in words what it shows.`
  );
}
