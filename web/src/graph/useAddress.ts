/** Keeps the address at what the page shows, a step of the history for each step of the reader's. */
import { useEffect, useEffectEvent, useRef } from "react";

/** Milliseconds for which a slider rests before the address follows it: browsers slow a page down that writes it with every move. */
const REST = 150;

const write = (how: "pushState" | "replaceState", search: string): void =>
  window.history[how](how === "pushState" ? null : window.history.state, "", window.location.pathname + search);

/**
 * Writes `search` as the address' query: as a new entry of the history where `steps` has grown, else in place of the
 * present one. `onWent` hears of Back and Forward between the entries of this page.
 */
export function useAddress(search: string, steps: number, onWent: (search: string) => void): void {
  const written = useRef(steps);
  /** What the present entry is about to say. */
  const late = useRef<string | null>(null);

  useEffect(() => {
    const isStep = steps !== written.current;
    written.current = steps;
    const rest = late.current;
    late.current = null;
    if (search === window.location.search) return;
    if (isStep) {
      if (rest !== null) write("replaceState", rest);
      write("pushState", search);
      return;
    }
    late.current = search;
    const timer = window.setTimeout(() => {
      late.current = null;
      write("replaceState", search);
    }, REST);
    return () => window.clearTimeout(timer);
  }, [search, steps]);

  const { pathname } = window.location;
  const path = useRef(pathname);
  const went = useEffectEvent(() => {
    if (window.location.pathname !== path.current) return;
    late.current = null;
    onWent(window.location.search);
  });
  useEffect(() => {
    const listen = () => went();
    window.addEventListener("popstate", listen);
    return () => window.removeEventListener("popstate", listen);
  }, []);
}
