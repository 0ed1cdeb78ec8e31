/**
 * The drawing: five canvases over each other, each redrawn when it is stale, at most once a frame.
 *
 *   links      the columns' bands and the picture of all links, which a worker paints (picture.ts)
 *   selection  the links of the selection
 *   nodes      the drawn nodes: those of the budget (budget.ts), and the selection
 *   hover      what the pointer is over, here or in a list
 *   names      axes and names, which keep their size while the rest zooms
 *
 * Places are CSS pixels of the container unless a comment says otherwise.
 */
import { quadtree, type Quadtree } from "d3-quadtree";
import { chosenNodes, linksAmong, NOTHING_LIT, onlyPicked, type Lit, type Picked } from "../model/lit";
import type { GraphModel } from "../model/model";
import { BoxSelect, inBox, type Box } from "./box/boxSelect";
import { drawOver, drawPicked, type Stage } from "./emphasis";
import { LinkPicture } from "./links/picture";
import { drawSelection, nodeLinks } from "./links/selection";
import { marksOn, Stamps, stampsOn, tones, type DrawMarks, type Spot } from "./marks";
import { drawLayerAxis } from "./names/layerAxis";
import { drawNames, type DrawnName } from "./names/namedNodes";
import { drawTokenAxis, textWidths, tokenAxis } from "./names/tokenAxis";
import { Navigation } from "./navigation";
import { onTheme, paletteOf, type Palette, type Scheme } from "./palette";
import { easedWidths } from "./place/columns";
import { layout, nodeWidths, type Frame, type Layout } from "./place/layout";
import { seenAt, type Extents, type Point, type Shown } from "./place/viewport";
import type { Sizes } from "./prominence";
import { linksBetween } from "./links/density";
import type { Still } from "./vector/still";
import type { Surface } from "./vector/surface";

export interface SceneEvents {
  onHover: (hover: { node: number; x: number; y: number } | null) => void;
  onPick: (node: number | null) => void;
  /** These nodes were boxed, or one was clicked with Shift. `adds`: they come to the selection. */
  onBox: (nodes: number[], adds: boolean) => void;
  onView: (shown: Shown) => void;
}

const LAYERS = ["links", "selection", "nodes", "hover", "names"] as const;
type LayerName = (typeof LAYERS)[number];

/** Largest distance from the pointer to the centre of the mark that it hits. */
const HIT_DISTANCE = 14;
/** Nodes above which a selection dims the others more. */
const CROWD = 600;
/** The room around the nodes; the axis and the scroll bar below come on top. */
const MARGIN = { top: 36, right: 16, bottom: 16, left: 56 };
const SCROLL_BAR = 12;
/** The width to which crowds may widen any drawing, and the factor by which they may widen one that scrolls anyway. */
const LEGIBLE = 560;
const LONG = 1.5;
/** The heights of both axes at their most, so that no column's width depends on them. */
const MOST_AXES = MARGIN.top + MARGIN.bottom + 76 + SCROLL_BAR;

export class GraphScene {
  private readonly canvases: Record<LayerName, HTMLCanvasElement>;
  private readonly stale = new Set<LayerName>();
  private readonly navigation: Navigation;
  private readonly box: BoxSelect;
  private readonly observer: ResizeObserver;
  private readonly forgetTheme: () => void;
  private groups!: ReturnType<typeof tones>;
  private byStrength!: number[];
  private readonly picture: LinkPicture;
  private palette: Palette;
  private stamps: Stamps;
  private places!: Layout;
  private extents!: Extents;
  /** The least widths of the columns, and the widths of the axis' texts. */
  private least: number[] = [];
  private texts: number[] = [];
  private tree!: Quadtree<number>;
  private picked: Picked = { lit: NOTHING_LIT, nodes: [] };
  /** The drawn links of the selected node, the strongest last, or those among several; null: not yet looked for. */
  private pickedLinks: number[] | null = null;
  /** The nodes that are seen wherever they are: the selection's, and the target. */
  private chosen: ReadonlySet<number>;
  private names: DrawnName[] = [];
  private width = 0;
  private height = 0;
  private ratio = 1;
  private frame = 0;
  private pointer: Point | null = null;
  private hovered: number | null = null;
  private previewed: Lit | null = null;

  constructor(
    private readonly container: HTMLElement,
    private model: GraphModel,
    private sizes: Sizes,
    private target: number,
    private shows: Uint8Array,
    private readonly events: SceneEvents,
  ) {
    this.palette = paletteOf(container);
    this.stamps = new Stamps(this.palette, this.ratio);
    this.chosen = new Set([target]);
    this.rank();
    this.canvases = Object.fromEntries(
      LAYERS.map((name) => {
        const canvas = document.createElement("canvas");
        canvas.className = `drawing-layer drawing-${name}`;
        container.append(canvas);
        return [name, canvas];
      }),
    ) as Record<LayerName, HTMLCanvasElement>;

    this.picture = new LinkPicture(model.edges, shows, () => {
      container.dataset.painted = "true";
      this.invalidate("links");
    });

    this.box = new BoxSelect(container, {
      onDraw: (box) => this.preview(box && { nodes: this.nodesIn(box), edges: [] }),
      onBox: (box, adds) => this.events.onBox(this.nodesIn(box), adds),
    });
    this.navigation = new Navigation(container, () => this.moved());
    container.addEventListener("pointermove", this.pointed);
    container.addEventListener("pointerleave", this.left);
    container.addEventListener("click", this.clicked);

    this.forgetTheme = onTheme(() => this.retheme());
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(container);
    this.resize();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.forgetTheme();
    this.picture.destroy();
    this.box.destroy();
    this.navigation.destroy();
    this.container.removeEventListener("pointermove", this.pointed);
    this.container.removeEventListener("pointerleave", this.left);
    this.container.removeEventListener("click", this.clicked);
    for (const canvas of Object.values(this.canvases)) canvas.remove();
  }

  pick(picked: Picked): void {
    const isOther = picked.lit !== this.picked.lit || picked.nodes !== this.picked.nodes;
    this.picked = picked;
    const before = this.others();
    this.choose();
    if (this.width > 0 && isOther && before.length + this.others().length > 0) {
      this.arrange(this.places.frame);
      this.plant();
      this.paint();
      this.invalidate("links");
    }
    const chosen = picked.nodes.length > 0 ? picked.nodes : picked.lit.nodes;
    this.container.classList.toggle("has-selection", chosen.length > 0);
    if (isOther && this.width > 0) this.navigation.reveal(chosen.map((node) => this.places.x[node] ?? 0));
    this.invalidate("selection", "nodes", "hover", "names");
  }

  /** Size the marks anew, and mark the question's target. */
  size(sizes: Sizes, target: number): void {
    if (sizes === this.sizes && target === this.target) return;
    Object.assign(this, { sizes, target });
    this.choose();
    this.rank();
    if (this.width === 0) return;
    this.arrange(this.places.frame);
    this.invalidate("selection", "nodes", "hover", "names");
  }

  /** Draw the nodes that `shows` has, and those of the selection. */
  show(shows: Uint8Array): void {
    if (shows === this.shows) return;
    this.shows = shows;
    this.pickedLinks = null;
    this.picture.show(shows);
    this.rank();
    if (this.width > 0) this.lay();
  }

  /** Name the nodes as `model` does, which is of the same graph. */
  rename(model: GraphModel): void {
    if (model === this.model) return;
    this.model = model;
    this.invalidate("names");
  }

  /** Mark what the pointer is over in a list. */
  preview(lit: Lit | null): void {
    this.previewed = lit;
    this.container.classList.toggle("has-preview", lit !== null);
    this.invalidate("hover");
  }

  /** Point at a node as the pointer does, in view: where the keyboard has come to. null: at none. */
  point(node: number | null): void {
    this.pointer = null;
    if (node !== null && this.width > 0) this.navigation.reveal([this.places.x[node] ?? 0]);
    this.setHovered(node);
    this.schedule();
  }

  /** Whether every drag draws a box, instead of moving the drawing. */
  boxes(always: boolean): void {
    this.box.always = always;
    this.container.classList.toggle("is-boxing", always);
  }

  /** Redraw in the current theme's colours. */
  retheme(): void {
    this.palette = paletteOf(this.container);
    this.paint();
    this.invalidate(...LAYERS);
  }

  /** Show the whole graph. */
  whole(): void {
    this.navigation.whole();
  }

  /** Zoom by a factor about the middle. */
  zoomBy(factor: number): void {
    this.navigation.zoomBy(factor);
  }

  /** Show the drawing from `before` pixels of its width at the current zoom. */
  scrollTo(before: number): void {
    this.navigation.scrollTo(before);
  }

  /** A node's place in the window and its mark's radius, or null if it is not drawn or not in view. */
  screenPosition(id: string): (Point & { r: number }) | null {
    const node = this.model.ordinalOf.get(id);
    const spot = node === undefined || !this.isDrawn(node) ? null : this.seen(node);
    if (!spot) return null;
    const { left, top } = this.container.getBoundingClientRect();
    return { x: left + spot.x, y: top + spot.y, r: spot.r };
  }

  /** The names as they were last drawn, with their nodes' ids. */
  drawnNames(): (DrawnName & { id: string })[] {
    return this.names.map((name) => ({ ...name, id: this.model.nodes.id[name.node] ?? "" }));
  }

  /** What is seen, but for the pointer's marks, to be drawn elsewhere: in the page's colours, or in a scheme's. */
  still(scheme?: Scheme): Still {
    const { width, height } = this;
    const palette = paletteOf(this.container, scheme);
    const points = this.model.nodes.id.map((_, node) => this.pointOf(node));
    const links = {
      links: linksBetween(this.model.edges, this.shows),
      x: Float32Array.from(points, ({ x }) => x),
      y: Float32Array.from(points, ({ y }) => y),
      width,
      height,
    };
    const recede = this.container.classList.contains("has-selection");
    return { width, height, palette, links, recede, draw: (surface, drawLinks) => this.drawOn(surface, palette, drawLinks) };
  }

  private drawOn(surface: Surface, palette: Palette, drawLinks: () => void): void {
    const { palette: own, names } = this;
    // Each finds the surface as a layer finds its own canvas.
    const layer = (draw: () => void): void => {
      surface.save();
      draw();
      surface.restore();
    };
    this.palette = palette;
    try {
      surface.fillStyle = palette.paper;
      surface.fillRect(0, 0, this.width, this.height);
      layer(() => this.drawBands(surface));
      layer(drawLinks);
      layer(() => this.drawSelection(surface));
      layer(() => this.drawNodes(surface, marksOn(surface, this.model.nodes.kind, palette)));
      layer(() => this.drawNames(surface));
    } finally {
      Object.assign(this, { palette: own, names });
    }
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
    this.lay();
  }

  private lay(): void {
    this.arrange(this.measured());
    this.plant();
    this.navigation.bound(this.extents);
    this.moved();
  }

  /** Lets the pointer find the drawn nodes. */
  private plant(): void {
    this.tree = quadtree<number>()
      .x((node) => this.places.x[node] ?? 0)
      .y((node) => this.places.y[node] ?? 0)
      .addAll(this.drawnNodes());
  }

  readonly isDrawn = (node: number): boolean => this.shows[node] === 1 || this.chosen.has(node);

  /** The nodes that are drawn for the selection alone. */
  private readonly others = (): number[] => [...this.chosen].filter((node) => !this.shows[node]);

  private readonly drawnNodes = (): number[] => this.model.nodes.id.flatMap((_, node) => (this.isDrawn(node) ? [node] : []));

  /** The frame in which the columns are laid out, below which the axis and, if they need it, the scroll bar stand. */
  private measured(): Frame {
    const { width, height, model } = this;
    const { record, nodes, tokenSpans } = model;
    const inner = width - MARGIN.left - MARGIN.right;
    this.texts = textWidths(this.context("names"), tokenSpans);
    const { names, crowds } = nodeWidths(nodes, record.tokens.length, record.n_layers, Math.max(1, height - MOST_AXES), this.shows);
    const axis = tokenAxis(tokenSpans, this.texts, names, inner);
    const sum = (widths: readonly number[]): number => widths.reduce((total, each) => total + each, 0);
    // Crowds alone do not make a drawing scroll, unless the frame is very narrow; they widen one that scrolls anyway.
    const needed = sum(axis.least);
    const wide = Math.min(needed * LONG, needed + 2 * (needed - inner));
    this.least = easedWidths(axis.least, crowds, Math.max(inner, LEGIBLE, wide));
    const scrolls = sum(this.least) > inner + 0.5;
    const below = axis.height + (scrolls ? SCROLL_BAR : 0);
    return { width, height, margin: { ...MARGIN, bottom: MARGIN.bottom + below } };
  }

  private arrange(frame: Frame): void {
    const { record, nodes } = this.model;
    this.places = layout(nodes, this.sizes.prominence, record.tokens.length, record.n_layers, frame, this.least, this.shows, this.others());
    const { width, height, margin } = frame;
    const bottom = height - margin.bottom + MARGIN.bottom;
    this.extents = { width, height, content: this.places.width, left: margin.left - 6, bottom };
  }

  private rank(): void {
    const { model, sizes } = this;
    const strength = sizes.flow ?? sizes.prominence;
    const drawn = model.nodes.id.flatMap((_, node) => (this.shows[node] ? [node] : []));
    this.groups = tones(model.nodes, drawn, sizes.prominence);
    this.byStrength = drawn.sort((a, b) => (strength[b] ?? 0) - (strength[a] ?? 0));
  }

  private choose(): void {
    this.pickedLinks = null;
    this.chosen = new Set([this.target, ...chosenNodes(this.picked)]);
  }

  private moved(): void {
    if (this.width === 0) return;
    this.setHovered(null);
    this.paint();
    this.invalidate(...LAYERS);
    this.events.onView(this.navigation.shown);
  }

  private readonly pointed = (event: PointerEvent): void => {
    this.pointer = this.inside(event);
    this.schedule();
  };

  private readonly left = (): void => {
    this.pointer = null;
    this.setHovered(null);
    this.schedule();
  };

  private readonly clicked = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest("button")) return;
    const node = this.nodeAt(this.inside(event));
    if (!event.shiftKey) this.events.onPick(node === onlyPicked(this.picked) ? null : node);
    else if (node !== null) this.events.onBox([node], true);
  };

  private readonly nodesIn = (box: Box): number[] => inBox(box, this.drawnNodes(), this.pointOf);

  private linksOfPicked(): readonly number[] {
    const node = onlyPicked(this.picked);
    this.pickedLinks ??= node === null ? linksAmong(this.model, this.picked.nodes) : nodeLinks(this.model, node, this.isDrawn);
    return this.pickedLinks;
  }

  private inside(event: MouseEvent): Point {
    const { left, top } = this.container.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  private nodeAt({ x, y }: Point): number | null {
    // What stands at the edge is over what the drawing has there.
    for (const node of this.chosen) {
      const at = this.seen(node);
      if (at?.beyond && Math.hypot(at.x - x, at.y - y) < HIT_DISTANCE) return node;
    }
    const { view } = this.navigation;
    return this.tree.find(view.invertX(x), view.invertY(y), HIT_DISTANCE / view.k) ?? null;
  }

  private setHovered(node: number | null): void {
    if (node === this.hovered) return;
    this.hovered = node;
    this.container.classList.toggle("is-over-node", node !== null);
    const spot = node === null ? null : this.seen(node);
    this.events.onHover(node !== null && spot ? { node, x: spot.x, y: spot.y } : null);
    this.stale.add("hover");
  }

  private readonly pointOf = (node: number): Point => {
    const { view } = this.navigation;
    return { x: view.applyX(this.places.x[node] ?? 0), y: view.applyY(this.places.y[node] ?? 0) };
  };

  private radiusOf(node: number): number {
    return (this.places.r[node] ?? 0) * Math.min(2.2, Math.pow(this.navigation.view.k, 0.4));
  }

  /** A node's place in the container, or null where it is out of view. */
  private readonly spot = (node: number): Spot | null => {
    const { x, y } = this.pointOf(node);
    if (x < -20 || y < -20 || x > this.width + 20 || y > this.height + 20) return null;
    return { x, y, r: this.radiusOf(node), beyond: null };
  };

  /** As `spot`, but a chosen node out of view stands at the edge. */
  private readonly seen = (node: number): Spot | null =>
    this.chosen.has(node) ? this.edgeSpot(node) : this.spot(node);

  private readonly edgeSpot = (node: number): Spot => ({
    ...seenAt(this.pointOf(node), this.extents),
    r: this.radiusOf(node),
  });

  /** Where links of the selection meet a node. */
  private readonly endOf = (node: number): Point => (this.chosen.has(node) ? this.edgeSpot(node) : this.pointOf(node));

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
    if (this.width === 0) return;
    if (this.pointer) this.setHovered(this.nodeAt(this.pointer));
    if (this.stale.has("links")) this.drawLinks();
    if (this.stale.has("selection")) this.drawSelection();
    if (this.stale.has("nodes")) this.stampNodes();
    if (this.stale.has("hover")) this.drawHover();
    if (this.stale.has("names")) this.drawNames();
    this.stale.clear();
  };

  private paint(): void {
    if (this.width === 0) return;
    this.picture.paint({ places: this.places, view: this.navigation.view, ratio: this.ratio, palette: this.palette });
  }

  /** A layer's context, with nothing on it. */
  private cleared(name: LayerName): CanvasRenderingContext2D {
    const context = this.context(name);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }

  private drawLinks(): void {
    const context = this.cleared("links");
    this.drawBands(context);
    this.picture.drawTo(context, this.navigation.view);
  }

  private drawBands(context: Surface): void {
    const { view } = this.navigation;
    context.fillStyle = this.palette.band;
    this.places.columns.forEach(({ x0, x1 }, at) => {
      if (at % 2 === 0) return;
      const left = view.applyX(x0);
      context.fillRect(left, 0, view.applyX(x1) - left, this.extents.bottom);
    });
  }

  private drawSelection(context: Surface = this.cleared("selection")): void {
    drawSelection(context, this.model, this.linksOfPicked(), this.picked.lit, this.endOf, this.palette);
  }

  /** What the modules that draw know of the scene. `marks` draws on the same as they do. */
  private stage(marks: DrawMarks): Stage {
    const { model, palette, spot, edgeSpot, endOf, isDrawn } = this;
    return { model, palette, marks, spot, edgeSpot, endOf, isDrawn };
  }

  private stampNodes(): void {
    const context = this.cleared("nodes");
    if (this.stamps.palette !== this.palette || this.stamps.ratio !== this.ratio) {
      this.stamps = new Stamps(this.palette, this.ratio);
    }
    this.drawNodes(context, stampsOn(context, this.model.nodes.kind, this.stamps));
  }

  private drawNodes(context: Surface, marks: DrawMarks): void {
    const { picked } = this;
    // The other nodes recede behind a selection, in which a crowd would hide it.
    if (picked.lit.nodes.length + picked.nodes.length > 0) context.globalAlpha = this.byStrength.length > CROWD ? 0.4 : 0.8;
    marks(this.groups, this.spot);
    context.globalAlpha = 1;
    drawPicked(context, this.stage(marks), picked, this.target, this.linksOfPicked());
  }

  private drawHover(): void {
    const context = this.cleared("hover");
    const { hovered, previewed } = this;
    const over = previewed ?? (hovered === null ? null : { nodes: [hovered], edges: [] });
    this.container.dataset.hoveredNodes = String(over?.nodes.length ?? 0);
    if (over) drawOver(context, this.stage(stampsOn(context, this.model.nodes.kind, this.stamps)), over, onlyPicked(this.picked));
  }

  private drawNames(context: Surface = this.cleared("names")): void {
    const { model, places, palette, picked, extents } = this;
    const { view } = this.navigation;
    const { nodes, record, tokenSpans } = model;
    const chosen = chosenNodes(picked).filter((node) => nodes.kind[node] !== "logit");
    const lit = new Set(chosen.map((node) => nodes.position[node]));
    const selected = new Set(picked.nodes.filter((node) => nodes.kind[node] === "embedding").map((node) => nodes.position[node]));
    drawTokenAxis(context, tokenSpans, this.texts, places, extents.bottom, view, palette, { lit, selected });
    drawLayerAxis(context, record.n_layers, places, extents.bottom, view, palette);
    const bounds = { left: extents.left, top: 2, right: this.width - 2, bottom: extents.bottom - 2 };
    const { target, byStrength, isDrawn } = this;
    this.names = drawNames(context, model, { picked, target, byStrength, isDrawn }, view.k, this.seen, bounds, palette);
  }
}
