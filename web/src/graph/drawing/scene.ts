/**
 * The drawing: canvases over each other, each redrawn when it is stale, at most once a frame.
 *
 *   links      the columns' bands and the picture of all links, which a worker paints (picture.ts); `whole` stands in
 *   selection  the links of the selection
 *   nodes      the drawn nodes: those of the budget (budget.ts)
 *   hover      what the pointer is over, here or in a list
 *   front      the selected nodes and the target; axes and names, which keep their size while the rest zooms
 *
 * While the view moves, what takes long moves along as it was drawn: the links, those of a large selection, and the names
 * beside their marks. When it rests, all is drawn anew.
 *
 * Places are CSS pixels of the container unless a comment says otherwise.
 */
import { quadtree, type Quadtree } from "d3-quadtree";
import { onTheme, type Scheme } from "../../shared/theme";
import { chosenNodes, linksAmong, NOTHING_LIT, onlyPicked, type Lit, type Picked } from "../model/lit";
import type { GraphModel } from "../model/model";
import { BoxSelect, inBox, type Box } from "./box/boxSelect";
import { drawOver, drawPicked, type Stage } from "./emphasis";
import { drawBands } from "./links/bands";
import { linksBetween } from "./links/density";
import { MovedPicture } from "./links/movedPicture";
import { LinkPicture, type Subject } from "./links/picture";
import { drawSelection, nodeLinks } from "./links/selection";
import { Layers, type LayerName } from "./layers";
import { marksOn, Stamps, stampsOn, tones, type DrawMarks, type Spot } from "./marks";
import type { Bounds } from "./names/labelPlacement";
import { drawLayerAxis } from "./names/layerAxis";
import { drawNames, movedNames, placedNames, type DrawnName, type PlacedName } from "./names/namedNodes";
import { drawTokenAxis, textWidths } from "./names/tokenAxis";
import { Navigation } from "./navigation";
import { paletteOf, type Palette } from "./palette";
import { extentsOf, framed } from "./place/frame";
import { layout, type Frame, type Layout } from "./place/layout";
import { nearest } from "./place/nearest";
import type { View } from "./place/view";
import { seenAt, type Extents, type Point, type Shown, type Zoomed } from "./place/viewport";
import type { Sizes } from "./prominence";
import type { Still } from "./vector/still";
import type { Surface } from "./vector/surface";

export interface SceneEvents {
  onHover: (hover: { node: number; x: number; y: number } | null) => void;
  onPick: (node: number | null) => void;
  /** These nodes were boxed, or one was clicked with Shift. `adds`: they come to the selection. */
  onBox: (nodes: number[], adds: boolean) => void;
  onView: (shown: Shown) => void;
}

/** Largest distance from the pointer to the centre of the mark that it hits. */
const HIT_DISTANCE = 14;
/** Nodes above which a selection dims the others more. */
const CROWD = 600;
/** Milliseconds without a move after which the view rests. */
const REST = 120;
/** Links of a selection that are drawn anew in every frame in which the view moves. */
const FEW_LINKS = 150;

export class GraphScene {
  private readonly layers: Layers;
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
  /** The names as they were placed, while the view moves as before it did, and as they were last drawn; null: not yet. */
  private placed: PlacedName[] | null = null;
  private names: DrawnName[] = [];
  private readonly pickedPicture: MovedPicture;
  /** The timer that ends when the view rests; null: it does. */
  private rest: number | null = null;
  /** The factor on marks at the present zoom. */
  private growth = 1;
  /** The view that was last drawn. */
  private drawnView: View | null = null;
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
    this.layers = new Layers(container, (stale) => this.draw(stale));
    this.stamps = new Stamps(this.palette, this.layers.ratio);
    this.chosen = new Set([target]);
    this.rank();

    const { selection, links, whole } = this.layers.canvases;
    this.pickedPicture = new MovedPicture(selection);
    const pictures = { last: links, whole };
    this.picture = new LinkPicture(pictures, model.edges, shows, drawBands, () => (container.dataset.painted = "true"));

    this.box = new BoxSelect(container, {
      onDraw: (box) => this.preview(box && { nodes: this.nodesIn(box), edges: [] }),
      onBox: (box, adds) => this.events.onBox(this.nodesIn(box), adds),
    });
    this.navigation = new Navigation(container, (goesOn) => (goesOn ? this.moved() : this.jumped()));
    container.addEventListener("pointermove", this.pointed);
    container.addEventListener("pointerleave", this.left);
    container.addEventListener("click", this.clicked);

    this.forgetTheme = onTheme(() => this.retheme());
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(container);
    this.resize();
  }

  destroy(): void {
    if (this.rest !== null) window.clearTimeout(this.rest);
    this.observer.disconnect();
    this.forgetTheme();
    this.picture.destroy();
    this.box.destroy();
    this.navigation.destroy();
    this.container.removeEventListener("pointermove", this.pointed);
    this.container.removeEventListener("pointerleave", this.left);
    this.container.removeEventListener("click", this.clicked);
    this.layers.destroy();
  }

  pick(picked: Picked): void {
    const isOther = picked.lit !== this.picked.lit || picked.nodes !== this.picked.nodes;
    this.picked = picked;
    const before = this.others();
    this.choose();
    if (this.layers.width > 0 && isOther && before.length + this.others().length > 0) {
      this.arrange(this.places.frame);
      this.plant();
      this.paint();
      this.layers.invalidate("nodes");
    }
    const chosen = picked.nodes.length > 0 ? picked.nodes : picked.lit.nodes;
    this.container.classList.toggle("has-selection", chosen.length > 0);
    if (isOther && this.layers.width > 0) this.navigation.reveal(chosen.map((node) => this.places.x[node] ?? 0));
    this.layers.invalidate("selection", "hover", "front");
  }

  /** Size the marks anew, and mark the question's target. */
  size(sizes: Sizes, target: number): void {
    if (sizes === this.sizes && target === this.target) return;
    Object.assign(this, { sizes, target });
    this.choose();
    this.rank();
    if (this.layers.width === 0) return;
    this.arrange(this.places.frame);
    this.layers.invalidate("selection", "nodes", "hover", "front");
  }

  /** Draw the nodes that `shows` has, and those of the selection. */
  show(shows: Uint8Array): void {
    if (shows === this.shows) return;
    this.shows = shows;
    this.choose();
    this.picture.show(shows);
    this.rank();
    if (this.layers.width > 0) this.lay();
  }

  /** Name the nodes as `model` does, which is of the same graph. */
  rename(model: GraphModel): void {
    if (model === this.model) return;
    this.model = model;
    this.placed = null;
    this.layers.invalidate("front");
  }

  /** Mark what the pointer is over in a list. */
  preview(lit: Lit | null): void {
    this.previewed = lit;
    this.container.classList.toggle("has-preview", lit !== null);
    this.layers.invalidate("hover");
  }

  /** Point at a node as the pointer does, in view: where the keyboard has come to. null: at none. */
  point(node: number | null): void {
    this.pointer = null;
    if (node !== null && this.layers.width > 0) this.navigation.reveal([this.places.x[node] ?? 0]);
    this.setHovered(node);
    this.layers.invalidate();
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
    this.refresh();
  }

  /** Show the whole graph. */
  whole(): void {
    this.navigation.whole();
  }

  /** Zoom by a factor about the middle. */
  zoomBy(factor: number, what: Zoomed): void {
    this.navigation.zoomBy(factor, what);
  }

  /** Zoom to the selection. */
  toSelection(): void {
    this.navigation.fill(chosenNodes(this.picked).map((node) => ({ x: this.places.x[node] ?? 0, y: this.places.y[node] ?? 0 })));
  }

  /** The zoom of each axis; 1 as the drawing begins. */
  zoom(): { tokens: number; layers: number } {
    const { kx, ky } = this.navigation.view;
    return { tokens: kx, layers: ky };
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
    const { width, height } = this.layers;
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
    const own = this.palette;
    const marks = marksOn(surface, this.model.nodes.kind, palette);
    // Each finds the surface as a layer finds its own canvas.
    const layer = (draw: () => void): void => {
      surface.save();
      draw();
      surface.restore();
    };
    this.palette = palette;
    try {
      surface.fillStyle = palette.paper;
      surface.fillRect(0, 0, this.layers.width, this.layers.height);
      layer(() => drawBands(surface, this.subject()));
      layer(drawLinks);
      layer(() => this.strokeSelection(surface));
      layer(() => {
        // On the page, the style of the whole layer does this.
        surface.globalAlpha = Number(getComputedStyle(this.layers.canvases.nodes).opacity);
        marks(this.groups, this.spot);
      });
      layer(() => {
        this.drawChosen(surface, marks);
        drawNames(surface, this.placeNames(surface), palette);
        this.drawAxes(surface);
      });
    } finally {
      this.palette = own;
    }
  }

  private resize(): void {
    if (!this.layers.fit(this.container)) return;
    this.lay();
    this.picture.clear(this.subject());
  }

  private lay(): void {
    const { model, shows } = this;
    const { width, height } = this.layers;
    this.texts = textWidths(this.layers.context("front"), model.tokenSpans);
    const { frame, least } = framed(model, this.texts, { width, height }, shows);
    this.least = least;
    this.arrange(frame);
    this.plant();
    this.navigation.bound(this.extents);
    this.drawnView = null;
    this.jumped();
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

  private arrange(frame: Frame): void {
    const { record, nodes } = this.model;
    this.places = layout(nodes, this.sizes.prominence, record.tokens.length, record.n_layers, frame, this.least, this.shows, this.others());
    this.extents = extentsOf(this.places);
  }

  private rank(): void {
    const { model, sizes } = this;
    const strength = sizes.flow ?? sizes.prominence;
    const drawn = model.nodes.id.flatMap((_, node) => (this.shows[node] ? [node] : []));
    this.groups = tones(model.nodes, drawn, sizes.prominence);
    // Behind a crowd, a selection would not be seen.
    this.container.classList.toggle("is-crowded", drawn.length > CROWD);
    this.byStrength = drawn.sort((a, b) => (strength[b] ?? 0) - (strength[a] ?? 0));
  }

  private choose(): void {
    this.pickedLinks = null;
    this.pickedPicture.drawn(null);
    this.placed = null;
    this.chosen = new Set([this.target, ...chosenNodes(this.picked)]);
  }

  /** The view is another at once. */
  private jumped(): void {
    this.setHovered(null);
    this.rested();
    this.refresh();
  }

  /** The view moves, and may go on moving. */
  private moved(): void {
    this.setHovered(null);
    if (this.rest !== null) window.clearTimeout(this.rest);
    this.rest = window.setTimeout(this.rested, REST);
    this.refresh();
  }

  private readonly rested = (): void => {
    if (this.rest !== null) window.clearTimeout(this.rest);
    this.rest = null;
    this.paint();
    this.layers.invalidate("selection", "front");
  };

  private readonly pointed = (event: PointerEvent): void => {
    this.pointer = this.inside(event);
    this.layers.invalidate();
  };

  private readonly left = (): void => {
    this.pointer = null;
    this.setHovered(null);
    this.layers.invalidate();
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
    return nearest(this.tree, this.navigation.view, { x, y }, HIT_DISTANCE);
  }

  private setHovered(node: number | null): void {
    if (node === this.hovered) return;
    this.hovered = node;
    this.container.classList.toggle("is-over-node", node !== null);
    const spot = node === null ? null : this.seen(node);
    this.events.onHover(node !== null && spot ? { node, x: spot.x, y: spot.y } : null);
    this.layers.mark("hover");
  }

  private readonly pointOf = (node: number): Point => {
    const { view } = this.navigation;
    return { x: view.applyX(this.places.x[node] ?? 0), y: view.applyY(this.places.y[node] ?? 0) };
  };

  private radiusOf(node: number): number {
    return (this.places.r[node] ?? 0) * this.growth;
  }

  /** A node's place in the container, or null where it is out of view. */
  private readonly spot = (node: number): Spot | null => {
    const { x, y } = this.pointOf(node);
    if (x < -20 || y < -20 || x > this.layers.width + 20 || y > this.layers.height + 20) return null;
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

  private refresh(): void {
    this.layers.invalidate("selection", "nodes", "hover", "front");
  }

  private draw(stale: ReadonlySet<LayerName>): void {
    if (this.pointer) this.setHovered(this.nodeAt(this.pointer));
    this.follow();
    if (stale.has("selection")) this.drawSelection();
    if (stale.has("nodes")) this.drawNodes();
    if (stale.has("hover")) this.drawHover();
    if (stale.has("front")) this.drawFront();
  }

  private paint(): void {
    if (this.layers.width === 0) return;
    this.picture.paint(this.subject());
  }

  private subject(): Subject {
    return { places: this.places, view: this.navigation.view, ratio: this.layers.ratio, palette: this.palette };
  }

  /** Go along with a view that has moved. */
  private follow(): void {
    const { view, shown } = this.navigation;
    if (view === this.drawnView) return;
    this.drawnView = view;
    // In steps, so that the same marks are copied again and again while the zoom changes.
    this.growth = Math.round(10 * Math.min(2.2, Math.pow(view.k, 0.4))) / 10;
    this.picture.follow(view, this.places.frame);
    this.events.onView(shown);
  }

  private drawSelection(): void {
    const { view } = this.navigation;
    const { lit } = this.picked;
    const links = this.linksOfPicked();
    const count = links.length + lit.edges.length;
    this.pickedPicture.show(count > 0);
    if (count === 0) return;
    if (this.rest === null || count <= FEW_LINKS || !this.pickedPicture.isThere) {
      this.strokeSelection(this.layers.cleared("selection"));
      this.pickedPicture.drawn(view);
    }
    this.pickedPicture.follow(view);
  }

  private strokeSelection(context: Surface): void {
    drawSelection(context, this.model, this.linksOfPicked(), this.picked.lit, this.endOf, this.palette);
  }

  /** What the modules that draw know of the scene. `marks` draws on the same as they do. */
  private stage(marks: DrawMarks): Stage {
    const { model, palette, spot, edgeSpot, endOf, isDrawn } = this;
    return { model, palette, marks, spot, edgeSpot, endOf, isDrawn };
  }

  private stampsOn(context: CanvasRenderingContext2D): DrawMarks {
    const { palette } = this;
    const { ratio } = this.layers;
    if (this.stamps.palette !== palette || this.stamps.ratio !== ratio) this.stamps = new Stamps(palette, ratio);
    return stampsOn(context, this.model.nodes.kind, this.stamps);
  }

  /** The marks as they are without a selection, behind which they recede as a whole (Drawing.css). */
  private drawNodes(): void {
    this.stampsOn(this.layers.cleared("nodes"))(this.groups, this.spot);
  }

  private drawHover(): void {
    const { hovered, previewed } = this;
    const over = previewed ?? (hovered === null ? null : { nodes: [hovered], edges: [] });
    this.container.dataset.hoveredNodes = String(over?.nodes.length ?? 0);
    this.layers.canvases.hover.hidden = over === null;
    if (over === null) return;
    const context = this.layers.cleared("hover");
    drawOver(context, this.stage(this.stampsOn(context)), over, this.picked);
  }

  private drawFront(): void {
    const context = this.layers.cleared("front");
    this.drawChosen(context, this.stampsOn(context));
    if (this.rest === null || this.placed === null) {
      this.placed = this.placeNames(context);
      this.names = drawNames(context, this.placed, this.palette);
    } else {
      this.names = drawNames(context, movedNames(this.placed, this.seen, this.bounds()), this.palette);
    }
    this.drawAxes(context);
  }

  private drawChosen(context: Surface, marks: DrawMarks): void {
    drawPicked(context, this.stage(marks), this.picked, this.target, this.linksOfPicked());
  }

  /** Where names may stand. */
  private bounds(): Bounds {
    const { left, bottom } = this.extents;
    return { left, top: 2, right: this.layers.width - 2, bottom: bottom - 2 };
  }

  private placeNames(context: Surface): PlacedName[] {
    const { model, picked, target, byStrength, isDrawn, palette } = this;
    return placedNames(context, model, { picked, target, byStrength, isDrawn }, this.navigation.view.k, this.seen, this.bounds(), palette);
  }

  private drawAxes(context: Surface): void {
    const { model, places, palette, picked, extents } = this;
    const { view } = this.navigation;
    const { nodes, record, tokenSpans } = model;
    const chosen = chosenNodes(picked).filter((node) => nodes.kind[node] !== "logit");
    const lit = new Set(chosen.map((node) => nodes.position[node]));
    const selected = new Set(picked.nodes.filter((node) => nodes.kind[node] === "embedding").map((node) => nodes.position[node]));
    drawTokenAxis(context, tokenSpans, this.texts, places, extents.bottom, view, palette, { lit, selected });
    drawLayerAxis(context, record.n_layers, places, extents.bottom, view, palette);
  }
}
