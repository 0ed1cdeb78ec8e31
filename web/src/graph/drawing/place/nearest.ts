/** The node nearest to a point of the screen, where tokens and layers may be zoomed apart. */
import type { Quadtree, QuadtreeLeaf } from "d3-quadtree";
import type { Point } from "./viewport";
import type { View } from "./view";

/** The datum of a tree of the layout's places that `view` shows nearest to a point, no further than `most` pixels. */
export function nearest<T>(tree: Quadtree<T>, view: View, { x, y }: Point, most: number): T | null {
  const [placeX, placeY] = [tree.x(), tree.y()];
  let least = most;
  let found: T | null = null;
  tree.visit((node, left, top, right, bottom) => {
    if (!node.length) {
      for (let leaf: QuadtreeLeaf<T> | undefined = node; leaf; leaf = leaf.next) {
        const distance = Math.hypot(view.applyX(placeX(leaf.data)) - x, view.applyY(placeY(leaf.data)) - y);
        if (distance < least) [least, found] = [distance, leaf.data];
      }
    }
    const isBeside = view.applyX(left) > x + least || view.applyX(right) < x - least;
    return isBeside || view.applyY(top) > y + least || view.applyY(bottom) < y - least;
  });
  return found;
}
