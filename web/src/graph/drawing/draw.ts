/**
 * The one way to draw a graph, which knows nothing of the page: `draw` puts a graph into an element and returns the
 * drawing. The page, the embedded page and whoever takes the drawing as a package (src/drawing.ts) begin here.
 */
import { drawnBy, FIRST_BUDGET } from "../model/budget";
import { NOTHING_LIT, type Picked } from "../model/lit";
import { logitsOf, type GraphModel } from "../model/model";
import { sizesBy, type Sizes } from "./prominence";
import { GraphScene, type SceneEvents } from "./scene";

/** Nodes are told by their ordinals, which are their places in the columns of nodes. */
export interface DrawingOptions extends Partial<SceneEvents> {
  /** The logit that is asked for; the most probable one unless given. */
  target?: number;
  /** The sizes of the marks; by influence unless given. */
  sizes?: Sizes;
  /** For each node 1 where it is drawn, or 0; unless given, as many as are legible, and no errors. */
  shows?: Uint8Array;
  /** What is selected or lit at first; nothing unless given. */
  picked?: Picked;
}

const nothing = (): void => undefined;

/**
 * Draws a graph into `container`, an empty element that has a position and a size, and keeps it at that size and in the
 * theme's colours until `destroy`. Throws an Error where the browser has no 2D canvas.
 */
export function draw(container: HTMLElement, model: GraphModel, options: DrawingOptions = {}): GraphScene {
  const target = options.target ?? logitsOf(model)[0] ?? 0;
  const sizes = options.sizes ?? sizesBy("influence", model.nodes, null);
  const shows = options.shows ?? drawnBy(model, null, FIRST_BUDGET).shows;
  const { onHover = nothing, onPick = nothing, onBox = nothing, onView = nothing } = options;
  container.classList.add("drawing");
  const scene = new GraphScene(container, model, sizes, target, shows, { onHover, onPick, onBox, onView });
  scene.pick(options.picked ?? { lit: NOTHING_LIT, nodes: [] });
  return scene;
}
