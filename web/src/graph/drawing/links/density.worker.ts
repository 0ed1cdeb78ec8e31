/** The worker that paints the picture of all links (density.ts), off the page's thread. */
import { develop, exposure, rasterise, STRONGEST, type Links, type Rgb, type View } from "./density";

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
  zoom: number;
  /** Whether to expose for this picture. Its exposure is kept while the view moves. */
  expose: boolean;
}

export interface DrawnMessage {
  image: ImageBitmap;
}

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<GraphMessage | DrawMessage>) => void) | null;
  postMessage: (message: DrawnMessage, transfer: Transferable[]) => void;
};

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
  if (data.expose || gain === null) gain = exposure(density);
  // Zooming in spreads the links while each keeps its width: this gives back some of the ink that a pixel loses.
  const pixels = develop(density, gain * Math.pow(data.zoom, 0.7), data.excites, data.inhibits, STRONGEST);
  const image = new ImageData(pixels, data.width, data.height);
  void createImageBitmap(image).then((bitmap) => scope.postMessage({ image: bitmap }, [bitmap]));
};
