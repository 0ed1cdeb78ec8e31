/**
 * The drawing as a package, for pages of other programs and notebooks: `npm run build` makes dist/drawing.js and
 * dist/drawing.css of it, which need nothing else. ../../docs/drawing.md shows its use.
 */
import "./shared/colours.css";
import "./graph/drawing/Drawing.css";

export { draw, type DrawingOptions } from "./graph/drawing/draw";
export { sizesBy } from "./graph/drawing/prominence";
export type { GraphScene } from "./graph/drawing/scene";
export { drawnBy } from "./graph/model/budget";
export { litNodes } from "./graph/model/lit";
export { graphModel, linksOf, logitsOf, nodeName, type GraphModel } from "./graph/model/model";
export { captionOf, type Caption } from "./graph/picture/caption";
export { pngOfDrawing, svgOfDrawing } from "./graph/picture/drawn";
