/**
 * graph/picture/: pictures that leave the page: what is drawn, the meaning of its marks, and a caption that says what it is.
 *
 *     drawn.ts (a drawing) | shown.ts (an SVG of the page) -> document.ts -> foot.ts -> caption.ts
 */
import type { Kind } from "../../api/types";
import { count } from "../../shared/format";
import { drawStill, stillElements, type Still } from "../drawing/vector/still";
import { measuring } from "../drawing/vector/svg";
import type { Caption } from "./caption";
import { canvasOf, footElements, pngOf, svgDocument } from "./document";
import { drawFoot, footOf, type Key } from "./foot";

/** What a picture says beside what it shows. */
export interface Words {
  caption: Caption;
  key: Key;
  /** The kinds of the nodes that are drawn. */
  kinds: ReadonlySet<Kind>;
}

/** A drawing as an SVG of its own, with its caption. */
export function svgOfDrawing(still: Still, { caption, key, kinds }: Words): string {
  const { width, height, palette } = still;
  const measure = measuring();
  const { markup, drawn, all } = stillElements(still, measure);
  const told = drawn === all ? caption : { ...caption, drawn: `${caption.drawn}, of which the strongest ${count(drawn)} are drawn` };
  const foot = footOf(told, key, kinds, width, measure);
  return svgDocument({ width, height, markup }, footElements(foot, palette, measure), foot.height, told);
}

/** A drawing as a PNG, of which a CSS pixel is `scale` pixels, with its caption. */
export async function pngOfDrawing(still: Still, { caption, key, kinds }: Words, scale: number): Promise<Blob> {
  const { width, height, palette } = still;
  const foot = footOf(caption, key, kinds, width, measuring());
  const { canvas, context } = canvasOf(width, height + foot.height, scale);
  drawStill(still, context, scale);
  context.translate(0, height);
  drawFoot(context, foot, palette, (_, write) => write());
  return pngOf(canvas);
}
