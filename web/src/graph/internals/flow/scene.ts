/** The bars on canvases: zoomed by wheel, dragged, pointed at and clicked. */
import { select, type Selection } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior } from "d3-zoom";
import { onTheme } from "../../../shared/theme";
import type { At } from "../pointed";
import { paintsAt, type Paints } from "./colours";
import { barBox, cellAt, cellBox, gridOf, mostZoom, WHOLE, type Cell, type Grid, type View } from "./grid";
import { edgesFor, paintBars, paintLabels, scaleOf, type Edges, type Picture } from "./paint";
import { cellOf } from "./shares";
import { Stack } from "./stack";

/** What is under the pointer, and its place in the drawing. */
export interface Over {
  readonly cell: Cell;
  /** The source of the segment; null: between segments. */
  readonly source: number | null;
  readonly x: number;
  readonly y: number;
}

interface Events {
  onHover: (over: Over | null) => void;
  /** A segment was clicked; null: where none is. */
  onPick: (source: number | null) => void;
  /** The drawing was zoomed or moved. `isWhole`: all of it is in sight. */
  onView: (isWhole: boolean) => void;
}

export class FlowScene {
  private readonly bars: HTMLCanvasElement;
  private readonly marks: HTMLCanvasElement;
  /** Takes what the pointer does in the plot. */
  private readonly plot: HTMLDivElement;
  private readonly surface: Selection<HTMLDivElement, unknown, null, undefined>;
  private readonly zooming: ZoomBehavior<HTMLDivElement, unknown>;
  private readonly stops: (() => void)[] = [];
  private picture: Picture | null = null;
  private grid: Grid = gridOf(1, 1, 1, 1);
  private edges: Edges = { left: 0, top: 0, right: 0, bottom: 0 };
  private view: View = WHOLE;
  private paints: Paints | null = null;
  private walked: Cell | null = null;
  private pointed: At | null = null;
  private frame = 0;
  private isStale = false;

  constructor(
    private readonly container: HTMLElement,
    private readonly events: Events,
  ) {
    this.bars = container.appendChild(document.createElement("canvas"));
    this.marks = container.appendChild(document.createElement("canvas"));
    this.plot = container.appendChild(document.createElement("div"));
    this.bars.className = this.marks.className = "flow-bars-layer";
    this.plot.className = "flow-bars-plot";
    this.surface = select(this.plot);
    this.zooming = zoom<HTMLDivElement, unknown>()
      .clickDistance(4)
      .on("zoom", ({ transform }: D3ZoomEvent<HTMLDivElement, unknown>) => {
        this.view = { k: transform.k, x: transform.x, y: transform.y };
        this.events.onView(transform.k === 1);
        this.draw(true);
      });
    this.surface.call(this.zooming).on("dblclick.zoom", null);
    this.plot.addEventListener("pointermove", this.move);
    this.plot.addEventListener("pointerleave", this.leave);
    this.plot.addEventListener("click", this.click);
    // Nor does the wheel scroll what is around the bars once they are whole.
    this.plot.addEventListener("wheel", (event) => event.preventDefault(), { passive: false });
    const sized = new ResizeObserver(() => this.fit());
    sized.observe(container);
    this.stops.push(() => sized.disconnect(), onTheme(() => this.repaint()));
    this.fit();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    for (const stop of this.stops) stop();
    this.surface.on(".zoom", null);
    for (const element of [this.bars, this.marks, this.plot]) element.remove();
  }

  show(picture: Picture): void {
    const { shares } = picture;
    const isOther = this.picture?.shares.nRows !== shares.nRows || this.picture.shares.nPositions !== shares.nPositions;
    this.picture = picture;
    if (isOther) this.fit();
    else this.draw(true);
  }

  /** The cell that the keys have walked to; it comes into sight. */
  walk(cell: Cell | null): void {
    this.walked = cell;
    if (cell) {
      const { x, y, width, height } = cellBox(this.grid, this.view, cell);
      const into = (at: number, size: number, room: number): number => (at < 0 ? -at : at + size > room ? room - at - size : 0);
      const [right, down] = [into(x, width, this.grid.width), into(y, height, this.grid.height)];
      if (right !== 0 || down !== 0) this.zooming.translateBy(this.surface, right / this.view.k, down / this.view.k);
    }
    this.draw(false);
  }

  /** Marks what is under the pointer in another tab or in the token strip. */
  point(at: At | null): void {
    this.pointed = at;
    this.draw(false);
  }

  zoomBy(factor: number): void {
    this.zooming.scaleBy(this.surface, factor);
  }

  whole(): void {
    this.zooming.transform(this.surface, zoomIdentity);
  }

  /** The middle of a segment in the window, for tests; null: it has none, or is out of sight. */
  readonly screenPosition = (row: number, position: number, source: number): { x: number; y: number } | null => {
    if (!this.picture) return null;
    const stack = this.stackAt({ row, position });
    const segment = stack.sources.subarray(0, stack.size).indexOf(source);
    if (segment < 0) return null;
    const box = barBox(this.grid, this.view, { row, position });
    const { unit, zero } = scaleOf(this.picture.reach, box.height);
    const { left, top } = this.plot.getBoundingClientRect();
    const height = ((stack.from[segment] ?? 0) + (stack.to[segment] ?? 0)) / 2;
    const [x, y] = [box.x + box.width / 2, box.y + zero - unit * height];
    return cellAt(this.grid, this.view, x, y) && { x: left + x, y: top + y };
  };

  private stackAt({ row, position }: Cell): Stack {
    if (!this.picture) return new Stack(0);
    const { shares, traced } = this.picture;
    return new Stack(shares.nSources).fill(cellOf(shares, row, position), traced);
  }

  private readonly move = (event: PointerEvent): void => this.events.onHover(this.overAt(event));
  private readonly leave = (): void => this.events.onHover(null);
  private readonly click = (event: MouseEvent): void => this.events.onPick(this.overAt(event)?.source ?? null);

  /** By column and row, then by the height in the bar: nothing is searched. */
  private overAt({ clientX, clientY }: MouseEvent): Over | null {
    if (!this.picture) return null;
    const { left, top } = this.plot.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    const cell = cellAt(this.grid, this.view, x, y);
    if (!cell) return null;
    const box = barBox(this.grid, this.view, cell);
    const { unit, zero } = scaleOf(this.picture.reach, box.height);
    const isBeside = x < box.x || x > box.x + box.width;
    const source = isBeside ? null : this.stackAt(cell).at((box.y + zero - y) / unit);
    return { cell, source, x: this.edges.left + x, y: this.edges.top + y };
  }

  /** As large as the container now. */
  private fit(): void {
    const { clientWidth: width, clientHeight: height } = this.container;
    if (width === 0 || height === 0) return;
    const { nRows = 1, nPositions = 1 } = this.picture?.shares ?? {};
    this.edges = edgesFor(nPositions, width);
    const { left, top, right, bottom } = this.edges;
    this.grid = gridOf(nRows, nPositions, Math.max(1, width - left - right), Math.max(1, height - top - bottom));
    Object.assign(this.plot.style, { left: `${left}px`, top: `${top}px`, width: `${this.grid.width}px`, height: `${this.grid.height}px` });
    for (const canvas of [this.bars, this.marks]) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    const size: [number, number] = [this.grid.width, this.grid.height];
    this.zooming.scaleExtent([1, mostZoom(this.grid)]).extent([[0, 0], size]).translateExtent([[0, 0], size]);
    this.repaint();
    // What was in sight may have no place any more.
    this.zooming.translateBy(this.surface, 0, 0);
  }

  private get ratio(): number {
    return window.devicePixelRatio || 1;
  }

  private repaint(): void {
    this.paints = null;
    this.draw(true);
  }

  /** In the next frame. `all`: not only the marks. */
  private draw(all: boolean): void {
    this.isStale ||= all;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.picture) return;
      this.paints ??= paintsAt(this.container, this.ratio);
      if (this.isStale) this.drawBars(this.picture, this.paints);
      this.isStale = false;
      this.drawMarks(this.picture, this.paints);
    });
  }

  private drawBars(picture: Picture, paints: Paints): void {
    const context = this.cleared(this.bars);
    paintLabels(context, picture, this.grid, this.view, this.edges, paints);
    this.toPlot(context);
    paintBars(context, picture, this.grid, this.view, paints, this.ratio);
    context.restore();
  }

  private drawMarks(picture: Picture, paints: Paints): void {
    const context = this.cleared(this.marks);
    this.toPlot(context);
    const column = (position: number, paint: string) => {
      const top = cellBox(this.grid, this.view, { row: picture.shares.nRows - 1, position });
      context.strokeStyle = paint;
      context.lineWidth = 1.5;
      context.strokeRect(top.x + 0.75, 0.75, top.width - 1.5, this.grid.height - 1.5);
    };
    const { query = null, key = null } = this.pointed ?? {};
    if (query !== null) column(query, paints.ink);
    if (key !== null && key !== query) column(key, paints.mid);
    if (this.walked) {
      const { x, y, width, height } = cellBox(this.grid, this.view, this.walked);
      context.strokeStyle = paints.accent;
      context.lineWidth = 2;
      context.strokeRect(x + 1, y + 1, Math.max(1, width - 2), Math.max(1, height - 2));
    }
    context.restore();
  }

  private cleared(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser has no 2D canvas.");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    return context;
  }

  /** From here on nothing is drawn beside the plot, whose corner is (0, 0), until `restore`. */
  private toPlot(context: CanvasRenderingContext2D): void {
    context.save();
    context.translate(this.edges.left, this.edges.top);
    context.beginPath();
    context.rect(0, 0, this.grid.width, this.grid.height);
    context.clip();
  }
}
