/**
 * What the pointer is over, in the drawing or in the panels beside it, all of which mark it. It is no part of the page's
 * state: it is in no address and nothing undoes it, and no panel is rendered for it.
 */
import type { Lit } from "./lit";

export class Hover {
  private current: Lit | null = null;
  private readonly listeners = new Set<(hovered: Lit | null) => void>();

  /** The nodes and links under the pointer; null: it is elsewhere. */
  readonly set = (hovered: Lit | null): void => {
    if (hovered === this.current) return;
    this.current = hovered;
    for (const listener of this.listeners) listener(hovered);
  };

  get over(): Lit | null {
    return this.current;
  }

  /** Hear of every change; returns how to stop. */
  subscribe(listener: (hovered: Lit | null) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
