/**
 * The picture of all links as a worker paints it (density.ts): one at a time, the latest wins. While the view
 * moves, the last picture is moved along until a sharp one is there.
 */
import type { ZoomTransform } from "d3-zoom";
import type { GraphModel } from "../../model/model";
import type { Layout } from "../layout";
import type { Palette } from "../palette";
import { linkInk, type Links } from "./density";
import type { DrawMessage, DrawnMessage, GraphMessage } from "./density.worker";

/** Above this many links they are painted at one pixel a CSS pixel. */
const SHARP_LINKS = 150_000;

interface Sitting {
  places: Layout;
  view: ZoomTransform;
  ratio: number;
  palette: Palette;
}

export class LinkPicture {
  private readonly worker = new Worker(new URL("./density.worker.ts", import.meta.url), { type: "module" });
  private readonly sharp: boolean;
  private shown: { image: ImageBitmap; of: Sitting } | null = null;
  private painting: Sitting | null = null;
  private wanted: Sitting | null = null;

  constructor(
    { edges, nEdges }: GraphModel,
    private readonly onPainted: () => void,
  ) {
    this.sharp = nEdges <= SHARP_LINKS;
    this.worker.onmessage = (event: MessageEvent<DrawnMessage>) => this.painted(event.data.image);
    const links: Links = {
      source: Uint32Array.from(edges.source),
      target: Uint32Array.from(edges.target),
      ink: linkInk(edges.weight, edges.share),
    };
    const message: GraphMessage = { type: "graph", links };
    this.worker.postMessage(message, [links.source.buffer, links.target.buffer, links.ink.buffer]);
  }

  destroy(): void {
    this.worker.terminate();
    this.shown?.image.close();
  }

  /** Ask for a picture of the links as they are now. */
  paint(sitting: Sitting): void {
    if (this.painting) {
      this.wanted = sitting;
      return;
    }
    this.painting = sitting;
    const { places, view, palette } = sitting;
    const scale = this.sharp ? sitting.ratio : 1;
    const message: DrawMessage = {
      type: "draw",
      x: places.x,
      y: places.y,
      view: { k: view.k * scale, tx: view.x * scale, ty: view.y * scale },
      width: Math.round(places.frame.width * scale),
      height: Math.round(places.frame.height * scale),
      excites: palette.excitesRgb,
      inhibits: palette.inhibitsRgb,
      zoom: view.k,
    };
    this.worker.postMessage(message);
  }

  /** Put the last picture where its links are in `view`; nothing before the first is painted. */
  drawTo(context: CanvasRenderingContext2D, view: ZoomTransform): void {
    if (!this.shown) return;
    const { image, of } = this.shown;
    const k = view.k / of.view.k;
    const { width, height } = of.places.frame;
    context.drawImage(image, view.x - of.view.x * k, view.y - of.view.y * k, width * k, height * k);
  }

  private painted(image: ImageBitmap): void {
    const { painting, wanted } = this;
    this.painting = null;
    this.wanted = null;
    if (painting) {
      this.shown?.image.close();
      this.shown = { image, of: painting };
      this.onPainted();
    }
    if (wanted) this.paint(wanted);
  }
}
