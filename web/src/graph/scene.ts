/**
 * The drawing: four canvases over each other, redrawn apart and at most once a frame.
 *
 *   links      the columns' bands and the picture of all links, which a worker paints (density.ts)
 *   selection  the links of what is selected
 *   nodes      every node
 *   names      axes and labels, which stay in place and of one size while the rest zooms
 *
 * While the view moves, the last picture of the links is moved along and replaced when a sharp one is there.
 * Places are CSS pixels of the container unless said otherwise.
 */
import { quadtree, type Quadtree } from "d3-quadtree";
import { select, type Selection } from "d3-selection";
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from "d3-zoom";
import { drawLayerAxis, drawTokenAxis, tokenAxisHeight, tokenWidths } from "./axes";
import { linkInk, type Links } from "./density";
import type { DrawMessage, DrawnMessage, GraphMessage } from "./density.worker";
import { layout, type Layout } from "./layout";
import { placeLabels, type Candidate } from "./labels";
import type { Lit } from "./lit";
import { drawLitMarks, drawMarks, Stamps, tones, type Spot } from "./marks";
import { linksOf, nodeName, strongest, type GraphModel } from "./model";
import { paletteOf, type Palette } from "./palette";
import { LABEL_FONT, TOKEN_FONT } from "./type";
import { percent } from "../format";

export interface Picked {
  /** A ranked row's nodes and links, in the accent. */
  lit: Lit;
  /** The selected node, or null. */
  node: number | null;
}

export interface SceneEvents {
  onHover: (hover: { node: number; x: number; y: number } | null) => void;
  onPick: (node: number | null) => void;
  onZoom: (zoomed: boolean) => void;
}

const LAYERS = ["links", "selection", "nodes", "names"] as const;
type LayerName = (typeof LAYERS)[number];

/** How near the pointer must be to a mark's centre. */
const REACH = 14;
/** Above this many links, the picture of them is painted at one pixel a CSS pixel. */
const SHARP_LINKS = 150_000;
/** Dashes cost time, and among hundreds of links show nothing: the strongest have them. */
const MOST_DASHED = 120;
/** Named in each direction beside a selected node. */
const MOST_NEIGHBOURS = 6;
const MOST_REPEATS = { lit: 9, unlit: 4 };
/** A graph of more nodes is a crowd. */
const CROWD = 600;
const MOST_LABELS = { lit: 40, unlit: 26 };

export class GraphScene {
  private readonly canvases: Record<LayerName, HTMLCanvasElement>;
  private readonly stale = new Set<LayerName>();
  private readonly root: Selection<HTMLElement, unknown, null, undefined>;
  private readonly behaviour: ZoomBehavior<HTMLElement, unknown>;
  private readonly worker = new Worker(new URL("./density.worker.ts", import.meta.url), { type: "module" });
  private readonly observer: ResizeObserver;
  private readonly groups: ReturnType<typeof tones>;
  private palette: Palette;
  private stamps: Stamps;
  private places!: Layout;
  private tree!: Quadtree<number>;
  private view: ZoomTransform = zoomIdentity;
  private picked: Picked = { lit: { nodes: [], edges: [] }, node: null };
  private width = 0;
  private height = 0;
  private ratio = 1;
  private frame = 0;
  private pointer: { x: number; y: number } | null = null;
  private hovered: number | null = null;
  private picture: { image: ImageBitmap; view: ZoomTransform; width: number; height: number } | null = null;
  /** What the worker is painting, and whether it is out of date already. */
  private painting: { id: number; view: ZoomTransform; width: number; height: number } | null = null;
  private repaint = false;
  private paintings = 0;

  constructor(
    private readonly container: HTMLElement,
    private readonly model: GraphModel,
    private readonly events: SceneEvents,
  ) {
    this.palette = paletteOf(container);
    this.stamps = new Stamps(this.palette, this.ratio);
    this.groups = tones(model.nodes);
    this.canvases = Object.fromEntries(
      LAYERS.map((name) => {
        const canvas = document.createElement("canvas");
        canvas.className = `drawing-layer drawing-${name}`;
        container.append(canvas);
        return [name, canvas];
      }),
    ) as Record<LayerName, HTMLCanvasElement>;

    this.worker.onmessage = (event: MessageEvent<DrawnMessage>) => this.painted(event.data);
    const { source, target, weight, share } = model.edges;
    const links: Links = {
      source: Uint32Array.from(source),
      target: Uint32Array.from(target),
      ink: linkInk(weight, share),
    };
    const message: GraphMessage = { type: "graph", links };
    this.worker.postMessage(message, [links.source.buffer, links.target.buffer, links.ink.buffer]);

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
    this.worker.terminate();
    this.picture?.image.close();
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

  /** Take the theme's colours again. */
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

  /** Where a node is in the window, or null if it is not in view. */
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
    const { record, nodes } = this.model;
    const bottom = tokenAxisHeight(this.context("names"), this.model, width);
    const margin = { top: 26, right: 16, bottom: bottom + 16, left: 56 };
    const tokens = tokenWidths(this.context("names"), this.model, width);
    this.places = layout(nodes, record.tokens.length, record.n_layers, { width, height, margin }, tokens);
    this.tree = quadtree<number>()
      .x((node) => this.places.x[node] ?? 0)
      .y((node) => this.places.y[node] ?? 0)
      .addAll(nodes.id.map((_, node) => node));
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
    return this.tree.find(this.view.invertX(x), this.view.invertY(y), REACH / k) ?? null;
  }

  private setHovered(node: number | null): void {
    if (node === this.hovered) return;
    this.hovered = node;
    this.container.classList.toggle("is-over-node", node !== null);
    const spot = node === null ? null : this.spot(node);
    this.events.onHover(node !== null && spot ? { node, x: spot.x, y: spot.y } : null);
  }

  /** A node's place in the container, or null where it is out of view. */
  private spot = (node: number): Spot | null => {
    const x = this.view.applyX(this.places.x[node] ?? 0);
    const y = this.view.applyY(this.places.y[node] ?? 0);
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

  /** Ask the worker for a picture of the links as they are now; one at a time, the latest wins. */
  private paint(): void {
    if (this.width === 0) return;
    if (this.painting) {
      this.repaint = true;
      return;
    }
    const scale = this.model.nEdges > SHARP_LINKS ? 1 : this.ratio;
    const { k, x, y } = this.view;
    const message: DrawMessage = {
      type: "draw",
      id: ++this.paintings,
      x: this.places.x,
      y: this.places.y,
      view: { k: k * scale, tx: x * scale, ty: y * scale },
      width: Math.round(this.width * scale),
      height: Math.round(this.height * scale),
      excites: this.palette.excitesRgb,
      inhibits: this.palette.inhibitsRgb,
      whole: k <= 1.001,
      zoom: k,
    };
    this.painting = { id: message.id, view: this.view, width: this.width, height: this.height };
    this.worker.postMessage(message);
  }

  private painted({ image }: DrawnMessage): void {
    const { painting } = this;
    this.painting = null;
    if (painting) {
      this.picture?.image.close();
      this.picture = { image, view: painting.view, width: painting.width, height: painting.height };
      this.container.dataset.painted = String(painting.id);
      this.invalidate("links");
    }
    if (this.repaint) {
      this.repaint = false;
      this.paint();
    }
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
    if (!this.picture) return;
    const { image, view, width, height } = this.picture;
    const k = this.view.k / view.k;
    const x = this.view.x - view.x * k;
    const y = this.view.y - view.y * k;
    context.drawImage(image, x, y, width * k, height * k);
  }

  private curve(context: Path2D, edge: number): void {
    const from = this.model.edges.source[edge] ?? 0;
    const to = this.model.edges.target[edge] ?? 0;
    const x0 = this.view.applyX(this.places.x[from] ?? 0);
    const y0 = this.view.applyY(this.places.y[from] ?? 0);
    const x1 = this.view.applyX(this.places.x[to] ?? 0);
    const y1 = this.view.applyY(this.places.y[to] ?? 0);
    const middle = (y0 + y1) / 2;
    context.moveTo(x0, y0);
    context.bezierCurveTo(x0, middle, x1, middle, x1, y1);
  }

  private drawSelection(): void {
    const context = this.context("selection");
    context.clearRect(0, 0, this.width, this.height);
    const { lit, node } = this.picked;
    context.lineCap = "round";
    if (node !== null) this.drawNodeLinks(context, node);
    const share = this.model.edges.share;
    // The path's own order of strength decides the widths: its weakest link must still be seen.
    const most = lit.edges.reduce((max, edge) => Math.max(max, share[edge] ?? 0), 1e-9);
    context.strokeStyle = this.palette.accent;
    for (const edge of lit.edges) {
      const strength = Math.sqrt((share[edge] ?? 0) / most);
      const path = new Path2D();
      this.curve(path, edge);
      context.globalAlpha = 0.55 + 0.45 * strength;
      context.lineWidth = 1.1 + 2.2 * strength;
      context.stroke(path);
    }
    context.globalAlpha = 1;
  }

  /**
   * A node's links in their signs' colours, inhibiting ones dashed, width by share, the strongest on top.
   * Each is a stroke of its own: one long path of many crossing curves takes ten times as long to fill.
   */
  private drawNodeLinks(context: CanvasRenderingContext2D, node: number): void {
    const { edges, incoming, outgoing } = this.model;
    const share = (edge: number): number => edges.share[edge] ?? 0;
    const links = [...linksOf(incoming, node), ...linksOf(outgoing, node)].sort((a, b) => share(a) - share(b));
    const firstDashed = links.length - MOST_DASHED;
    links.forEach((edge, at) => {
      const strength = Math.min(1, Math.sqrt(share(edge)) * 1.6);
      const inhibits = (edges.weight[edge] ?? 0) < 0;
      const path = new Path2D();
      this.curve(path, edge);
      context.strokeStyle = inhibits ? this.palette.inhibits : this.palette.excites;
      context.setLineDash(inhibits && at >= firstDashed ? [5, 3.5] : []);
      context.globalAlpha = 0.3 + 0.6 * strength;
      context.lineWidth = 0.8 + 1.8 * strength;
      context.stroke(path);
    });
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  private drawNodes(): void {
    const context = this.context("nodes");
    context.clearRect(0, 0, this.width, this.height);
    const kinds = this.model.nodes.kind;
    const { lit, node } = this.picked;
    if (this.stamps.palette !== this.palette || this.stamps.ratio !== this.ratio) {
      this.stamps = new Stamps(this.palette, this.ratio);
    }
    // Behind what is lit the rest recedes; in a crowd it would drown it.
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
    const { lit, node } = this.picked;
    const chosen = node === null ? lit.nodes : [node, ...lit.nodes.filter((each) => each !== node)];
    const litPositions = new Set(
      chosen.filter((each) => this.model.nodes.kind[each] !== "logit").map((each) => this.model.nodes.position[each]),
    );
    drawTokenAxis(context, this.model, this.places, this.view, this.palette, litPositions);
    drawLayerAxis(context, this.model, this.places, this.view, this.palette);
    this.drawLabels(context, new Set(chosen));
  }

  private drawLabels(context: CanvasRenderingContext2D, chosen: ReadonlySet<number>): void {
    const { nodes } = this.model;
    const { margin } = this.places.frame;
    const best = this.bestLogit();
    const candidates: (Candidate & { name: string; text: string; font: string })[] = [];
    const add = (node: number, lit: boolean): void => {
      const spot = this.spot(node);
      if (!spot) return;
      const name = nodeName(this.model, node);
      const font = name.isToken ? TOKEN_FONT.strong : lit ? LABEL_FONT.strong : LABEL_FONT.plain;
      const text =
        nodes.kind[node] === "logit"
          ? `${name.text} ${percent(nodes.probability[node], 0)}`
          : lit && nodes.label[node]
            ? `${name.text} L${nodes.layer[node] ?? 0}`
            : name.text;
      context.font = font;
      const width = context.measureText(text).width + 6;
      candidates.push({ ...spot, name: name.text, text, font, width, height: 16, lit });
    };
    for (const node of chosen) if (nodes.kind[node] !== "embedding") add(node, true);
    if (best !== null && !chosen.has(best)) add(best, false);
    if (this.picked.node !== null) {
      for (const near of this.neighbours(this.picked.node)) if (!chosen.has(near)) add(near, false);
    }
    if (chosen.size === 0 || this.view.k > 2) {
      for (const [, members] of [...this.groups].reverse()) {
        for (const node of members) if (nodes.kind[node] === "feature" && nodes.label[node]) add(node, false);
      }
    }
    const marks = nodes.id.flatMap((_, node) => {
      const spot = this.spot(node);
      return spot ? [{ ...spot, lit: chosen.has(node) }] : [];
    });
    const bounds = { left: margin.left, top: 2, right: this.width - 2, bottom: this.height - margin.bottom };
    // A name is said a few times, not at every node that has it.
    const said = new Map<string, number>();
    const wanted = candidates.filter(({ name, lit }) => {
      const times = said.get(name) ?? 0;
      said.set(name, times + 1);
      return times < (lit ? MOST_REPEATS.lit : MOST_REPEATS.unlit);
    });
    const limit = chosen.size > 0 ? MOST_LABELS.lit : MOST_LABELS.unlit;
    for (const { candidate, left, top } of placeLabels(wanted, marks, bounds, limit)) {
      context.font = candidate.font;
      context.fillStyle = this.palette.paper;
      context.globalAlpha = candidate.lit ? 0.9 : 0.72;
      context.fillRect(left, top + 1, candidate.width, candidate.height - 2);
      context.globalAlpha = 1;
      context.fillStyle = candidate.lit ? this.palette.accent : this.palette.ink;
      context.textAlign = "left";
      context.textBaseline = "middle";
      context.fillText(candidate.text, left + 3, top + candidate.height / 2 + 0.5);
    }
  }

  /** The nodes that a node is joined to most strongly, for their names. */
  private neighbours(node: number): number[] {
    const { incoming, outgoing, edges } = this.model;
    const from = strongest(this.model, linksOf(incoming, node), MOST_NEIGHBOURS).map((edge) => edges.source[edge] ?? 0);
    const to = strongest(this.model, linksOf(outgoing, node), MOST_NEIGHBOURS).map((edge) => edges.target[edge] ?? 0);
    return [...from, ...to].filter((each) => this.model.nodes.kind[each] !== "embedding");
  }

  private bestLogit(): number | null {
    const { kind, probability } = this.model.nodes;
    let best: number | null = null;
    kind.forEach((each, node) => {
      if (each === "logit" && (best === null || (probability[node] ?? 0) > (probability[best] ?? 0))) best = node;
    });
    return best;
  }
}
