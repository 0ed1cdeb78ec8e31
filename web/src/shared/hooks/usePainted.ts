/** What may wait until the frame that is being made is painted. */
import { startTransition, useEffect, useState } from "react";

/** Calls back once the next frame is painted; the answer takes the call back. */
export function afterPaint(callback: () => void): () => void {
  let timer: number | undefined;
  const frame = window.requestAnimationFrame(() => {
    timer = window.setTimeout(callback);
  });
  return () => {
    window.cancelAnimationFrame(frame);
    window.clearTimeout(timer);
  };
}

/** False until the component's first frame is painted, or its first frame after `isHere`. */
export function usePainted(isHere = true): boolean {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => (isHere ? afterPaint(() => startTransition(() => setPainted(true))) : undefined), [isHere]);
  return isPainted;
}
