/** The tokens along the bottom and the layers up the side, which stay in view while the drawing moves. */
import type { ZoomTransform } from "d3-zoom";
import type { GraphModel } from "../../model/model";
import { AXIS_FONT, TOKEN_FONT } from "../fonts";
import type { Layout } from "../place/layout";
import type { Palette } from "../palette";

const LEVEL = 26;
const SLANTED = 74;
const SLANT = -Math.PI / 4;

/** `text` cut to `room` pixels, with an ellipsis if it was cut. */
export function fitted(text: string, room: number, measure: (text: string) => number): string {
  if (measure(text) <= room) return text;
  for (let length = text.length - 1; length > 0; length--) {
    const cut = `${text.slice(0, length)}…`;
    if (measure(cut) <= room) return cut;
  }
  return "";
}

/** Whether tokens slant: more than a quarter of them would not fit their columns level. */
function isSlanted(context: CanvasRenderingContext2D, model: GraphModel, width: number): boolean {
  context.font = TOKEN_FONT.plain;
  const room = (width - 64) / Math.max(1, model.record.tokens.length);
  const tooWide = model.record.tokens.filter(
    (token) => context.measureText(model.writeToken(token)).width > room * 1.15,
  );
  return tooWide.length > model.record.tokens.length / 4;
}

/** The width of each position's token along the axis, in pixels. */
export function tokenWidths(context: CanvasRenderingContext2D, model: GraphModel, width: number): number[] {
  if (isSlanted(context, model, width)) return model.record.tokens.map(() => 8);
  context.font = TOKEN_FONT.strong;
  return model.record.tokens.map((token) => context.measureText(model.writeToken(token)).width);
}

/** The height of the tokens below the drawing, in pixels. */
export function tokenAxisHeight(context: CanvasRenderingContext2D, model: GraphModel, width: number): number {
  return isSlanted(context, model, width) ? SLANTED : LEVEL;
}

export function drawTokenAxis(
  context: CanvasRenderingContext2D,
  model: GraphModel,
  places: Layout,
  view: ZoomTransform,
  palette: Palette,
  lit: ReadonlySet<number | undefined>,
): void {
  const { width, height, margin } = places.frame;
  const slanted = margin.bottom > SLANTED;
  const top = height - (margin.bottom - 16);
  context.fillStyle = palette.paper;
  context.fillRect(0, top, width, height - top);
  context.textBaseline = "middle";
  for (const { position, x0, x1 } of places.columns) {
    const left = view.applyX(x0);
    const right = view.applyX(x1);
    if (right < margin.left - 8 || left > width) continue;
    const isLit = lit.has(position);
    context.font = isLit ? TOKEN_FONT.strong : TOKEN_FONT.plain;
    context.fillStyle = isLit ? palette.accent : palette.ink;
    const text = model.writeToken(model.record.tokens[position] ?? "");
    const measure = (part: string): number => context.measureText(part).width;
    if (slanted && (view.k < 1.5 || right - left < measure(text) + 6)) {
      context.save();
      context.translate((left + right) / 2 + 4, top + 6);
      context.rotate(SLANT);
      context.textAlign = "right";
      context.fillText(fitted(text, SLANTED * 1.15, measure), 0, 0);
      context.restore();
    } else {
      context.textAlign = "center";
      context.fillText(fitted(text, right - left, measure), (left + right) / 2, top + 13);
    }
  }
}

export function drawLayerAxis(
  context: CanvasRenderingContext2D,
  model: GraphModel,
  places: Layout,
  view: ZoomTransform,
  palette: Palette,
): void {
  const { height, margin } = places.frame;
  const nLayers = model.record.n_layers;
  context.fillStyle = palette.paper;
  context.globalAlpha = 0.85;
  context.fillRect(0, 0, margin.left - 6, height - margin.bottom + 16);
  context.globalAlpha = 1;
  context.font = AXIS_FONT;
  context.fillStyle = palette.mid;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const step = places.layerStep * view.k;
  const every = [1, 2, 5, 10, 20, 50].find((each) => each * step >= 36) ?? 100;
  const line = (layer: number): number => view.applyY(places.layerY(layer));
  const write = (text: string, y: number): void => {
    if (y > 8 && y < height - margin.bottom + 10) context.fillText(text, margin.left - 12, y);
  };
  write("logits", line(nLayers));
  const clear = Math.ceil(18 / step);
  for (let layer = 0; layer < nLayers; layer += every) {
    if (nLayers - layer >= clear) write(`L${layer}`, line(layer));
  }
}
