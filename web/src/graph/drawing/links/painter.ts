/** The worker that paints links (density.worker.ts). It starts while a graph is still on its way. */

const started = (): Worker => new Worker(new URL("./density.worker.ts", import.meta.url), { type: "module" });

let spare: Worker | null = null;

/** Start the worker that the next drawing takes. */
export function startPainter(): void {
  spare ??= started();
}

/** A worker of one's own, to be ended by its owner. */
export function takePainter(): Worker {
  const taken = spare ?? started();
  spare = null;
  return taken;
}
