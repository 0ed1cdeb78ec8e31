/** The canvases of the drawing, over each other, and the frame in which the stale ones are drawn anew. */

const LAYERS = ["whole", "links", "selection", "nodes", "hover", "front"] as const;
export type LayerName = (typeof LAYERS)[number];

export class Layers {
  readonly canvases: Record<LayerName, HTMLCanvasElement>;
  private readonly stale = new Set<LayerName>();
  private frame = 0;
  width = 0;
  height = 0;
  /** Pixels of the screen to a CSS pixel. */
  ratio = 1;

  /** `draw` is called once a frame in which something is to be drawn, with the layers that are stale. */
  constructor(
    container: HTMLElement,
    private readonly draw: (stale: ReadonlySet<LayerName>) => void,
  ) {
    this.canvases = Object.fromEntries(
      LAYERS.map((name) => {
        const canvas = document.createElement("canvas");
        canvas.className = `drawing-layer drawing-${name}`;
        container.append(canvas);
        return [name, canvas];
      }),
    ) as Record<LayerName, HTMLCanvasElement>;
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    for (const canvas of Object.values(this.canvases)) canvas.remove();
  }

  /** As large as the container now; false where they were, or where it has no room. */
  fit({ clientWidth: width, clientHeight: height }: HTMLElement): boolean {
    const ratio = window.devicePixelRatio || 1;
    if (width === 0 || height === 0) return false;
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    Object.assign(this, { width, height, ratio });
    for (const canvas of Object.values(this.canvases)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    return true;
  }

  /** A layer's context, in CSS pixels. */
  context(name: LayerName): CanvasRenderingContext2D {
    const context = this.canvases[name].getContext("2d");
    if (!context) throw new Error("This browser has no 2D canvas.");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return context;
  }

  /** A layer's context, with nothing on it. */
  cleared(name: LayerName): CanvasRenderingContext2D {
    const context = this.context(name);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }

  /** Draw these layers in the next frame; none: call `draw` in it all the same. */
  invalidate(...names: LayerName[]): void {
    this.mark(...names);
    if (this.frame === 0) this.frame = requestAnimationFrame(this.drawn);
  }

  /** Draw these layers with the frame that is being drawn, or the next that is asked for. */
  mark(...names: LayerName[]): void {
    for (const name of names) this.stale.add(name);
  }

  private readonly drawn = (): void => {
    this.frame = 0;
    if (this.width === 0) return;
    this.draw(this.stale);
    this.stale.clear();
  };
}
