/** The room that an element has. */
import { useLayoutEffect, useRef, useState, type RefObject } from "react";

/** The element's width in CSS pixels; 0 before it is known. */
export function useWidth<Kind extends HTMLElement>(): [RefObject<Kind | null>, number] {
  const element = useRef<Kind>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const box = element.current;
    if (!box) return;
    const watcher = new ResizeObserver(() => setWidth(box.clientWidth));
    watcher.observe(box);
    setWidth(box.clientWidth);
    return () => watcher.disconnect();
  }, []);
  return [element, width];
}
