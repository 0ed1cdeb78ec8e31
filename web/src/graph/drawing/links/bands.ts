/** The bands under every other token, which tell the columns apart. */
import type { Surface } from "../vector/surface";
import type { Subject } from "./picture";

export function drawBands(context: Surface, { places, view, palette }: Omit<Subject, "ratio">): void {
  context.fillStyle = palette.band;
  places.columns.forEach(({ x0, x1 }, at) => {
    const left = view.applyX(x0);
    if (at % 2 === 1) context.fillRect(left, 0, view.applyX(x1) - left, places.frame.height);
  });
}
