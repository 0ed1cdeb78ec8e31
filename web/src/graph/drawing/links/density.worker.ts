/** Draws the picture of all links off the page's thread; see density.ts. */
import { develop, exposure, rasterise, type Links, type Rgb, type View } from "./density";

export interface GraphMessage {
  type: "graph";
  links: Links;
}

export interface DrawMessage {
  type: "draw";
  x: Float32Array;
  y: Float32Array;
  view: View;
  width: number;
  height: number;
  excites: Rgb;
  inhibits: Rgb;
  /** How far in the view is. At 1, the whole graph, the exposure is taken, which is kept while zooming. */
  zoom: number;
}

export interface DrawnMessage {
  image: ImageBitmap;
}

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<GraphMessage | DrawMessage>) => void) | null;
  postMessage: (message: DrawnMessage, transfer: Transferable[]) => void;
};

const STRONGEST = 0.52;

let links: Links | null = null;
let gain: number | null = null;

scope.onmessage = ({ data }) => {
  if (data.type === "graph") {
    links = data.links;
    gain = null;
    return;
  }
  if (!links) return;
  const density = rasterise(links, data.x, data.y, data.view, data.width, data.height);
  if (data.zoom <= 1 || gain === null) gain = exposure(density);
  // Zooming in spreads the links apart while each keeps its width: give back some of the ink a pixel loses.
  const pixels = develop(density, gain * Math.pow(data.zoom, 0.7), data.excites, data.inhibits, STRONGEST);
  const image = new ImageData(pixels, data.width, data.height);
  void createImageBitmap(image).then((bitmap) => scope.postMessage({ image: bitmap }, [bitmap]));
};
