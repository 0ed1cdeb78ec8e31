/** The positions under the pointer in any tab or in the token strip. As `Hover`, it is no part of the page's state. */

export interface At {
  /** The position that looks; null: none in particular. */
  readonly query: number | null;
  /** The position that is looked at, or the token itself. */
  readonly key: number | null;
}

export class Pointed {
  private current: At | null = null;
  private readonly listeners = new Set<(at: At | null) => void>();

  readonly set = (at: At | null): void => {
    if (at?.query === this.current?.query && at?.key === this.current?.key) return;
    this.current = at;
    for (const listener of this.listeners) listener(at);
  };

  get at(): At | null {
    return this.current;
  }

  /** Hear of every change; returns how to stop. */
  subscribe(listener: (at: At | null) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
