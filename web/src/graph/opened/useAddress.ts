/** Keeps the address at what the page shows, a step of the history for each step of the reader's. */
import { useEffect, useEffectEvent, useRef } from "react";
import { afterPaint } from "../../shared/hooks/usePainted";

/** Milliseconds for which a slider rests before the address follows it: browsers slow a page down that writes it with every move. */
const REST = 150;

/** What the address is about to say. */
interface Late {
  how: "pushState" | "replaceState";
  search: string;
  cancel: () => void;
}

/**
 * Writes `search` as the address' query: as a new entry of the history where `steps` has grown, else in place of the
 * present one. `onWent` hears of Back and Forward between the entries of this page.
 */
export function useAddress(search: string, steps: number, onWent: (search: string) => void): void {
  const written = useRef(steps);
  const late = useRef<Late | null>(null);

  useEffect(() => {
    const isStep = steps !== written.current;
    written.current = steps;
    if (isStep || late.current?.how === "pushState") write(late);
    else drop(late);
    if (search === window.location.search) return;
    const when = () => write(late);
    // A browser takes milliseconds to write its history: a step is painted first.
    late.current = isStep ? { how: "pushState", search, cancel: afterPaint(when) } : { how: "replaceState", search, cancel: rested(when) };
  }, [search, steps]);

  const { pathname } = window.location;
  const path = useRef(pathname);
  const went = useEffectEvent(() => {
    if (window.location.pathname !== path.current) return;
    drop(late);
    onWent(window.location.search);
  });
  useEffect(() => {
    const step = () => went();
    const leave = () => write(late);
    window.addEventListener("popstate", step);
    window.addEventListener("pagehide", leave);
    return () => {
      drop(late);
      window.removeEventListener("popstate", step);
      window.removeEventListener("pagehide", leave);
    };
  }, []);
}

function rested(callback: () => void): () => void {
  const timer = window.setTimeout(callback, REST);
  return () => window.clearTimeout(timer);
}

function write(late: { current: Late | null }): void {
  if (!late.current) return;
  const { how, search } = late.current;
  drop(late);
  window.history[how](how === "pushState" ? null : window.history.state, "", window.location.pathname + search);
}

function drop(late: { current: Late | null }): void {
  late.current?.cancel();
  late.current = null;
}
