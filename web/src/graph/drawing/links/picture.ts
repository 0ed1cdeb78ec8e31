/**
 * The picture of all links, which a worker paints (density.ts) one at a time; only the latest request waits. While the
 * view moves, the last picture moves along (movedPicture.ts); where most of the frame would be bare, the last picture of
 * the whole stands in.
 */
import type { GraphModel } from "../../model/model";
import type { Frame, Layout } from "../place/layout";
import type { View } from "../place/view";
import type { Palette } from "../palette";
import { linksBetween } from "./density";
import type { DrawMessage, DrawnMessage, GraphMessage } from "./density.worker";
import { MovedPicture } from "./movedPicture";
import { takePainter } from "./painter";

/** The most links that are painted in device pixels; more are painted in CSS pixels. */
const SHARP_LINKS = 150_000;
/** The part of the frame that the last picture covers at least; else that of the whole stands in. */
const LEAST_COVERED = 0.6;

/** The places, view and colours of one picture. */
export interface Subject {
  places: Layout;
  view: View;
  ratio: number;
  palette: Palette;
}

/** A canvas in CSS pixels. */
type Canvas = CanvasRenderingContext2D;

/** Draws what is under the links. */
export type Ground = (canvas: Canvas, subject: Subject) => void;

export class LinkPicture {
  private readonly worker = takePainter();
  private readonly last: MovedPicture;
  private readonly whole: MovedPicture;
  private sharp = true;
  /** The nodes whose links the worker is to be told of; null: it knows them. */
  private untold: Uint8Array | null;
  private painting: Subject | null = null;
  private wanted: Subject | null = null;
  /** The frame for which the worker exposed. */
  private exposed: Frame | null = null;
  /** The view that the reader has now, and its frame. */
  private now: { view: View; frame: Frame } | null = null;

  /**
   * `canvases`: those of the last picture and of the whole; `shows`: for each node 1 where it is drawn, links of the
   * others are in no picture; `onPainted` comes after every picture.
   */
  constructor(
    private readonly canvases: { last: HTMLCanvasElement; whole: HTMLCanvasElement },
    private readonly edges: GraphModel["edges"],
    shows: Uint8Array,
    private readonly ground: Ground,
    private readonly onPainted: () => void,
  ) {
    this.untold = shows;
    this.last = new MovedPicture(canvases.last);
    this.whole = new MovedPicture(canvases.whole);
    this.whole.show(false);
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
  }

  /** The canvases have another size, or the columns under the links have: what stands on them is wrong. */
  clear(subject: Subject): void {
    this.whole.drawn(null);
    this.draw(this.canvases.last, subject, null);
    this.last.drawn(null);
    this.canvases.last.style.transform = "";
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
    const expose = isWhole(view) && places.frame !== this.exposed;
    if (expose) this.exposed = places.frame;
    const message: DrawMessage = {
      type: "draw",
      x: places.x,
      y: places.y,
      view: { kx: view.kx * scale, ky: view.ky * scale, tx: view.x * scale, ty: view.y * scale },
      width: Math.round(places.frame.width * scale),
      height: Math.round(places.frame.height * scale),
      excites: palette.excitesRgb,
      inhibits: palette.inhibitsRgb,
      zoom: Math.sqrt(view.kx * view.ky),
      expose,
    };
    this.worker.postMessage(message);
  }

  /** Move the last picture to where `view` has its links in a frame. */
  follow(view: View, frame: Frame): void {
    this.now = { view, frame };
    const { last, whole } = this;
    const isBare = whole.isThere && last.isThere && last.covered(view, frame) < LEAST_COVERED;
    (isBare ? whole : last).follow(view);
    last.show(!isBare);
    whole.show(isBare);
  }

  private painted(image: ImageBitmap): void {
    const { painting, wanted } = this;
    this.painting = null;
    this.wanted = null;
    if (painting) {
      this.draw(this.canvases.last, painting, image);
      this.last.drawn(painting.view);
      if (isWhole(painting.view)) {
        this.draw(this.canvases.whole, painting, image);
        this.whole.drawn(painting.view);
      }
      if (this.now) this.follow(this.now.view, this.now.frame);
      this.onPainted();
    }
    image.close();
    if (wanted) this.paint(wanted);
  }

  private draw(canvas: HTMLCanvasElement, subject: Subject, image: ImageBitmap | null): void {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser has no 2D canvas.");
    const { width, height } = subject.places.frame;
    context.setTransform(subject.ratio, 0, 0, subject.ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.ground(context, subject);
    if (image) context.drawImage(image, 0, 0, width, height);
  }
}

/** Whether a view shows what the picture of the whole does: all layers, and as many tokens as fit. */
const isWhole = ({ kx, ky }: View): boolean => kx <= 1 && ky <= 1;
