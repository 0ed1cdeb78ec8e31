/** A part of the page on the whole screen, where the browser can. */
import { useCallback, useEffect, useState, type RefObject } from "react";

export interface FullScreen {
  isOn: boolean;
  toggle: () => void;
}

/** Null where the browser has no full screen. */
export function useFullScreen(part: RefObject<HTMLElement | null>): FullScreen | null {
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    const listen = () => setOn(part.current !== null && document.fullscreenElement === part.current);
    document.addEventListener("fullscreenchange", listen);
    return () => document.removeEventListener("fullscreenchange", listen);
  }, [part]);
  const toggle = useCallback(() => {
    // A browser may refuse, and then says nothing but stays as it is.
    const done = document.fullscreenElement ? document.exitFullscreen() : part.current?.requestFullscreen();
    done?.catch(() => setOn(false));
  }, [part]);
  return document.fullscreenEnabled ? { isOn, toggle } : null;
}
