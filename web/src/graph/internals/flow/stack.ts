/** A bar: the shares of one place stacked, what is above 0 upward from it and what is below downward. */

export class Stack {
  /** The sources of the segments, and where each begins and ends: `to` is further from 0. */
  readonly sources: Int32Array;
  readonly from: Float32Array;
  readonly to: Float32Array;
  size = 0;

  constructor(nSources: number) {
    this.sources = new Int32Array(nSources);
    this.from = new Float32Array(nSources);
    this.to = new Float32Array(nSources);
  }

  /** Stacks other shares in their order. `foot`: the source that stands at 0 in every bar, where bars can be compared; null: none. */
  fill(shares: ArrayLike<number>, foot: number | null): this {
    this.size = 0;
    let above = 0;
    let below = 0;
    const put = (source: number) => {
      const share = shares[source] ?? 0;
      if (share > 0) this.add(source, above, (above += share));
      else if (share < 0) this.add(source, below, (below += share));
    };
    if (foot !== null) put(foot);
    for (let source = 0; source < shares.length; source++) if (source !== foot) put(source);
    return this;
  }

  /** The source of the segment at a height; null: there is none. */
  at(height: number): number | null {
    for (let segment = 0; segment < this.size; segment++) {
      const from = this.from[segment] ?? 0;
      const to = this.to[segment] ?? 0;
      if (to > from ? height >= from && height < to : height <= from && height > to) return this.sources[segment] ?? null;
    }
    return null;
  }

  private add(source: number, from: number, to: number): void {
    this.sources[this.size] = source;
    this.from[this.size] = from;
    this.to[this.size] = to;
    this.size += 1;
  }
}

/**
 * Calls `draw` for every segment that is worth a rectangle of its own: neighbours below `least` high are drawn as one, in the
 * name of the largest. `alone`: a source that is never taken together with others.
 */
export function eachVisible(stack: Stack, least: number, alone: number | null, draw: (source: number, from: number, to: number) => void): void {
  let source = -1;
  let start = 0;
  let end = 0;
  let largest = 0;
  const flush = () => {
    if (source >= 0) draw(source, start, end);
    source = -1;
    largest = 0;
  };
  for (let segment = 0; segment < stack.size; segment++) {
    // Read one by one: this runs for every source of every bar in sight.
    const next = stack.sources[segment] ?? 0;
    const from = stack.from[segment] ?? 0;
    const to = stack.to[segment] ?? 0;
    const size = Math.abs(to - from);
    if (size >= least || next === alone) {
      flush();
      draw(next, from, to);
      continue;
    }
    // The other side of 0 is another run.
    if (source >= 0 && from !== end) flush();
    if (source < 0) start = from;
    if (size > largest) {
      source = next;
      largest = size;
    }
    end = to;
    if (Math.abs(end - start) >= least) flush();
  }
  flush();
}
