/** What can be taken hold of over the axes: the tokens' along the bottom, the layers' up the side. */
import type { Extents } from "../place/viewport";

const HANDLES = {
  tokens: "Wheel or drag here to zoom the tokens alone; double click to reset them",
  layers: "Wheel or drag here to zoom the layers alone; double click to reset them",
} as const;

export class AxisHandles {
  private readonly tokens: HTMLElement;
  private readonly layers: HTMLElement;

  constructor(container: HTMLElement) {
    const handle = (zooms: keyof typeof HANDLES): HTMLElement => {
      const made = document.createElement("div");
      made.className = "drawing-axis";
      made.dataset.zooms = zooms;
      made.title = HANDLES[zooms];
      container.append(made);
      return made;
    };
    this.tokens = handle("tokens");
    this.layers = handle("layers");
  }

  /** Lay them over the axes. */
  bound({ left, bottom }: Extents): void {
    Object.assign(this.tokens.style, { left: `${left}px`, right: "0", top: `${bottom}px`, bottom: "0" });
    Object.assign(this.layers.style, { left: "0", width: `${left}px`, top: "0", height: `${bottom}px` });
  }

  destroy(): void {
    this.tokens.remove();
    this.layers.remove();
  }
}
