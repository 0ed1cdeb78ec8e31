/**
 * The picture of all links, which a worker paints (density.ts) one at a time; only the latest request waits. While
 * the view moves, the last picture moves along until the worker has painted a sharp one.
 */
import type { ZoomTransform } from "d3-zoom";
import type { GraphModel } from "../../model/model";
import type { Frame, Layout } from "../place/layout";
import type { Palette } from "../palette";
import { linksBetween } from "./density";
import type { DrawMessage, DrawnMessage, GraphMessage } from "./density.worker";

/** The most links that are painted in device pixels; more are painted in CSS pixels. */
const SHARP_LINKS = 150_000;

/** The places, view and colours of one picture. */
interface Subject {
  places: Layout;
  view: ZoomTransform;
  ratio: number;
  palette: Palette;
}

export class LinkPicture {
  private readonly worker = new Worker(new URL("./density.worker.ts", import.meta.url), { type: "module" });
  private sharp = true;
  /** The nodes whose links the worker is to be told of; null: it knows them. */
  private untold: Uint8Array | null;
  private shown: { image: ImageBitmap; subject: Subject } | null = null;
  private painting: Subject | null = null;
  private wanted: Subject | null = null;
  /** The frame for which the worker exposed. */
  private exposed: Frame | null = null;

  /** `shows`: for each node 1 where it is drawn; links of the others are in no picture. */
  constructor(
    private readonly edges: GraphModel["edges"],
    shows: Uint8Array,
    private readonly onPainted: () => void,
  ) {
    this.untold = shows;
    this.worker.onmessage = (event: MessageEvent<DrawnMessage>) => this.painted(event.data.image);
  }

  /** Paint the links of other nodes from the next picture on. */
  show(shows: Uint8Array): void {
    this.untold = shows;
  }

  private tell(shows: Uint8Array): void {
    const links = linksBetween(this.edges, shows);
    const message: GraphMessage = { type: "graph", links };
    this.sharp = links.source.length <= SHARP_LINKS;
    this.exposed = null;
    this.worker.postMessage(message, [links.source.buffer, links.target.buffer, links.ink.buffer]);
  }

  destroy(): void {
    this.worker.terminate();
    this.shown?.image.close();
  }

  /** Request a picture of `subject`. */
  paint(subject: Subject): void {
    if (this.painting) {
      this.wanted = subject;
      return;
    }
    this.painting = subject;
    if (this.untold) this.tell(this.untold);
    this.untold = null;
    const { places, view, palette } = subject;
    const scale = this.sharp ? subject.ratio : 1;
    const expose = view.k <= 1 && places.frame !== this.exposed;
    if (expose) this.exposed = places.frame;
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
      expose,
    };
    this.worker.postMessage(message);
  }

  /** Draw the last picture where `view` has its links; nothing before the first is painted. */
  drawTo(context: CanvasRenderingContext2D, view: ZoomTransform): void {
    if (!this.shown) return;
    const { image, subject } = this.shown;
    const k = view.k / subject.view.k;
    const { width, height } = subject.places.frame;
    context.drawImage(image, view.x - subject.view.x * k, view.y - subject.view.y * k, width * k, height * k);
  }

  private painted(image: ImageBitmap): void {
    const { painting, wanted } = this;
    this.painting = null;
    this.wanted = null;
    if (painting) {
      this.shown?.image.close();
      this.shown = { image, subject: painting };
      this.onPainted();
    }
    if (wanted) this.paint(wanted);
  }
}
