/**
 * The drawing: four canvases over each other, each redrawn when it is stale, at most once a frame.
 *
 *   links      the columns' bands and the picture of all links, which a worker paints (picture.ts)
 *   selection  the links of the selection
 *   nodes      every node
 *   names      axes and names, which keep their size while the rest zooms
 *
 * Places are CSS pixels of the container unless a comment says otherwise.
 */
import { quadtree, type Quadtree } from "d3-quadtree";
import { select, type Selection } from "d3-selection";
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from "d3-zoom";
import { NOTHING_LIT, type Picked } from "../model/lit";
import type { GraphModel } from "../model/model";
import { drawLayerAxis, drawTokenAxis, tokenAxisHeight, tokenWidths } from "./names/axes";
import { layout, type Layout } from "./place/layout";
import { LinkPicture } from "./links/picture";
import { drawSelection } from "./links/selection";
import { drawLitMarks, drawMarks, Stamps, tones, type Spot } from "./marks";
import { chosenNodes, drawNames } from "./names/namedNodes";
import { paletteOf, type Palette } from "./palette";

export interface SceneEvents {
  onHover: (hover: { node: number; x: number; y: number } | null) => void;
  onPick: (node: number | null) => void;
  onZoom: (zoomed: boolean) => void;
}

const LAYERS = ["links", "selection", "nodes", "names"] as const;
type LayerName = (typeof LAYERS)[number];

/** Largest distance from the pointer to the centre of the mark that it hits. */
const HIT_DISTANCE = 14;
/** Nodes above which a selection dims the others more. */
const CROWD = 600;

export class GraphScene {
  private readonly canvases: Record<LayerName, HTMLCanvasElement>;
  private readonly stale = new Set<LayerName>();
  private readonly root: Selection<HTMLElement, unknown, null, undefined>;
  private readonly behaviour: ZoomBehavior<HTMLElement, unknown>;
  private readonly observer: ResizeObserver;
  private groups!: ReturnType<typeof tones>;
  private byStrength!: number[];
  private readonly picture: LinkPicture;
  private palette: Palette;
  private stamps: Stamps;
  private places!: Layout;
  private tree!: Quadtree<number>;
  private view: ZoomTransform = zoomIdentity;
  private picked: Picked = { lit: NOTHING_LIT, node: null };
  private width = 0;
  private height = 0;
  private ratio = 1;
  private frame = 0;
  private pointer: { x: number; y: number } | null = null;
  private hovered: number | null = null;

  constructor(
    private readonly container: HTMLElement,
    private readonly model: GraphModel,
    private prominence: Float32Array,
    private readonly events: SceneEvents,
  ) {
    this.palette = paletteOf(container);
    this.stamps = new Stamps(this.palette, this.ratio);
    this.rank();
    this.canvases = Object.fromEntries(
      LAYERS.map((name) => {
        const canvas = document.createElement("canvas");
        canvas.className = `drawing-layer drawing-${name}`;
        container.append(canvas);
        return [name, canvas];
      }),
    ) as Record<LayerName, HTMLCanvasElement>;

    this.picture = new LinkPicture(model, () => {
      container.dataset.painted = "true";
      this.invalidate("links");
    });

    this.root = select(container);
    this.behaviour = zoom<HTMLElement, unknown>()
      .scaleExtent([1, 32])
      .on("zoom", ({ transform }: { transform: ZoomTransform }) => this.moved(transform));
    this.root.call(this.behaviour).on("dblclick.zoom", null);
    container.addEventListener("dblclick", this.reset);
    container.addEventListener("pointermove", this.pointed);
    container.addEventListener("pointerleave", this.left);
    container.addEventListener("click", this.clicked);

    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(container);
    this.resize();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.picture.destroy();
    this.root.on(".zoom", null);
    this.container.removeEventListener("dblclick", this.reset);
    this.container.removeEventListener("pointermove", this.pointed);
    this.container.removeEventListener("pointerleave", this.left);
    this.container.removeEventListener("click", this.clicked);
    for (const canvas of Object.values(this.canvases)) canvas.remove();
  }

  pick(picked: Picked): void {
    this.picked = picked;
    const busy = picked.node !== null || picked.lit.nodes.length > 0;
    this.container.classList.toggle("has-selection", busy);
    this.invalidate("selection", "nodes", "names");
  }

  /** Size the marks anew. */
  size(prominence: Float32Array): void {
    if (prominence === this.prominence) return;
    this.prominence = prominence;
    this.rank();
    if (this.width === 0) return;
    this.arrange();
    this.invalidate("nodes", "names");
  }

  /** Redraw in the current theme's colours. */
  retheme(): void {
    this.palette = paletteOf(this.container);
    this.paint();
    this.invalidate(...LAYERS);
  }

  /** Show the whole graph. */
  readonly reset = (): void => {
    this.root.call((root) => this.behaviour.transform(root, zoomIdentity));
  };

  /** Zoom by a factor about the middle. */
  zoomBy(factor: number): void {
    this.root.call((root) => this.behaviour.scaleBy(root, factor));
  }

  /** A node's place in the window, or null if it is not in view. */
  screenPosition(id: string): { x: number; y: number } | null {
    const node = this.model.ordinalOf.get(id);
    const spot = node === undefined ? null : this.spot(node);
    if (!spot) return null;
    const { left, top } = this.container.getBoundingClientRect();
    return { x: left + spot.x, y: top + spot.y };
  }

  private resize(): void {
    const width = this.container.clientWidth;
    const height = this.container.clientHeight;
    const ratio = window.devicePixelRatio || 1;
    if (width === 0 || height === 0) return;
    if (width === this.width && height === this.height && ratio === this.ratio) return;
    Object.assign(this, { width, height, ratio });
    for (const canvas of Object.values(this.canvases)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.arrange();
    this.tree = quadtree<number>()
      .x((node) => this.places.x[node] ?? 0)
      .y((node) => this.places.y[node] ?? 0)
      .addAll(this.model.nodes.id.map((_, node) => node));
    this.behaviour
      .extent([
        [0, 0],
        [width, height],
      ])
      .translateExtent([
        [0, 0],
        [width, height],
      ]);
    this.paint();
    this.invalidate(...LAYERS);
  }

  private arrange(): void {
    const { width, height, model, prominence } = this;
    const bottom = tokenAxisHeight(this.context("names"), model, width);
    const margin = { top: 26, right: 16, bottom: bottom + 16, left: 56 };
    const tokens = tokenWidths(this.context("names"), model, width);
    const { record, nodes } = model;
    const frame = { width, height, margin };
    this.places = layout(nodes, prominence, record.tokens.length, record.n_layers, frame, tokens);
  }

  private rank(): void {
    const { model, prominence } = this;
    this.groups = tones(model.nodes, prominence);
    this.byStrength = model.nodes.id
      .map((_, node) => node)
      .sort((a, b) => (prominence[b] ?? 0) - (prominence[a] ?? 0));
  }

  private moved(transform: ZoomTransform): void {
    this.view = transform;
    this.setHovered(null);
    this.paint();
    this.invalidate(...LAYERS);
    this.events.onZoom(transform.k > 1.001);
  }

  private readonly pointed = (event: PointerEvent): void => {
    this.pointer = this.inside(event);
    this.schedule();
  };

  private readonly left = (): void => {
    this.pointer = null;
    this.setHovered(null);
  };

  private readonly clicked = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest("button")) return;
    const at = this.inside(event);
    const node = this.nodeAt(at.x, at.y);
    this.events.onPick(node === this.picked.node ? null : node);
  };

  private inside(event: MouseEvent): { x: number; y: number } {
    const { left, top } = this.container.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  private nodeAt(x: number, y: number): number | null {
    const { k } = this.view;
    return this.tree.find(this.view.invertX(x), this.view.invertY(y), HIT_DISTANCE / k) ?? null;
  }

  private setHovered(node: number | null): void {
    if (node === this.hovered) return;
    this.hovered = node;
    this.container.classList.toggle("is-over-node", node !== null);
    const spot = node === null ? null : this.spot(node);
    this.events.onHover(node !== null && spot ? { node, x: spot.x, y: spot.y } : null);
  }

  private readonly pointOf = (node: number): { x: number; y: number } => ({
    x: this.view.applyX(this.places.x[node] ?? 0),
    y: this.view.applyY(this.places.y[node] ?? 0),
  });

  /** A node's place in the container, or null where it is out of view. */
  private readonly spot = (node: number): Spot | null => {
    const { x, y } = this.pointOf(node);
    if (x < -20 || y < -20 || x > this.width + 20 || y > this.height + 20) return null;
    return { x, y, r: (this.places.r[node] ?? 0) * Math.min(2.2, Math.pow(this.view.k, 0.4)) };
  };

  private context(name: LayerName): CanvasRenderingContext2D {
    const context = this.canvases[name].getContext("2d");
    if (!context) throw new Error("This browser has no 2D canvas.");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return context;
  }

  private invalidate(...names: LayerName[]): void {
    for (const name of names) this.stale.add(name);
    this.schedule();
  }

  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(this.draw);
  }

  private readonly draw = (): void => {
    this.frame = 0;
    if (this.pointer) this.setHovered(this.nodeAt(this.pointer.x, this.pointer.y));
    if (this.width === 0) return;
    if (this.stale.has("links")) this.drawLinks();
    if (this.stale.has("selection")) this.drawSelection();
    if (this.stale.has("nodes")) this.drawNodes();
    if (this.stale.has("names")) this.drawNames();
    this.stale.clear();
  };

  private paint(): void {
    if (this.width === 0) return;
    this.picture.paint({ places: this.places, view: this.view, ratio: this.ratio, palette: this.palette });
  }

  private drawLinks(): void {
    const context = this.context("links");
    context.clearRect(0, 0, this.width, this.height);
    context.fillStyle = this.palette.band;
    const { margin } = this.places.frame;
    this.places.columns.forEach(({ x0, x1 }, at) => {
      if (at % 2 === 0) return;
      const left = this.view.applyX(x0);
      context.fillRect(left, 0, this.view.applyX(x1) - left, this.height - margin.bottom + 16);
    });
    this.picture.drawTo(context, this.view);
  }

  private drawSelection(): void {
    const context = this.context("selection");
    context.clearRect(0, 0, this.width, this.height);
    drawSelection(context, this.model, this.picked, this.pointOf, this.palette);
  }

  private drawNodes(): void {
    const context = this.context("nodes");
    context.clearRect(0, 0, this.width, this.height);
    const kinds = this.model.nodes.kind;
    const { lit, node } = this.picked;
    if (this.stamps.palette !== this.palette || this.stamps.ratio !== this.ratio) {
      this.stamps = new Stamps(this.palette, this.ratio);
    }
    // The other nodes recede behind a selection, in which a crowd would hide it.
    if (lit.nodes.length > 0 || node !== null) context.globalAlpha = this.model.nNodes > CROWD ? 0.4 : 0.8;
    drawMarks(context, this.groups, kinds, this.spot, this.stamps);
    context.globalAlpha = 1;
    drawLitMarks(context, lit.nodes, kinds, this.spot, this.palette);
    const at = node === null ? null : this.spot(node);
    if (node === null || !at) return;
    drawLitMarks(context, [node], kinds, this.spot, this.palette);
    context.beginPath();
    context.arc(at.x, at.y, at.r + 6, 0, 2 * Math.PI);
    context.strokeStyle = this.palette.accent;
    context.lineWidth = 1.5;
    context.stroke();
  }

  private drawNames(): void {
    const context = this.context("names");
    context.clearRect(0, 0, this.width, this.height);
    const { nodes } = this.model;
    const { margin } = this.places.frame;
    const litPositions = new Set(
      chosenNodes(this.picked)
        .filter((node) => nodes.kind[node] !== "logit")
        .map((node) => nodes.position[node]),
    );
    drawTokenAxis(context, this.model, this.places, this.view, this.palette, litPositions);
    drawLayerAxis(context, this.model, this.places, this.view, this.palette);
    const bounds = { left: margin.left, top: 2, right: this.width - 2, bottom: this.height - margin.bottom };
    const { byStrength, view, spot, palette } = this;
    drawNames(context, this.model, this.picked, byStrength, view.k, spot, bounds, palette);
  }
}
