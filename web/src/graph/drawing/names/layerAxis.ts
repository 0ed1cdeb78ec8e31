/** The layers up the side, which stay in view while the drawing moves. */
import { AXIS_FONT } from "./fonts";
import type { Layout } from "../place/layout";
import type { View } from "../place/view";
import type { Palette } from "../palette";
import type { Surface } from "../vector/surface";

/** The height of the buttons above the axis. */
const ZOOM_BUTTONS = 32;

/** Draws the axis down to `bottom`, over whatever is there. */
export function drawLayerAxis(
  context: Surface,
  nLayers: number,
  places: Layout,
  bottom: number,
  view: View,
  palette: Palette,
): void {
  const { margin } = places.frame;
  context.fillStyle = palette.paper;
  context.fillRect(0, 0, margin.left - 6, bottom);
  context.font = AXIS_FONT;
  context.fillStyle = palette.mid;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const step = places.layerStep * view.ky;
  const every = [1, 2, 5, 10, 20, 50].find((each) => each * step >= 36) ?? 100;
  const line = (layer: number): number => view.applyY(places.layerY(layer));
  const write = (text: string, y: number): void => {
    if (y > ZOOM_BUTTONS && y < bottom - 6) context.fillText(text, margin.left - 12, y);
  };
  write("logits", line(nLayers) - (places.logitsHeight * view.ky) / 2);
  const clear = Math.ceil(18 / step);
  for (let layer = 0; layer < nLayers; layer += every) {
    if (nLayers - layer >= clear) write(`L${layer}`, line(layer));
  }
}
